using System.Text;
using OnchainMargin.Ethereum.Rpc;

namespace OnchainMargin.Ethereum.Tests.Rpc;

public sealed class FailoverRpcClientTests
{
    private static readonly RpcRequest Read = new("eth_getBlockByNumber");
    private static readonly RpcRequest Call = new("eth_call");
    private static readonly RpcRequest Raw = new("eth_sendRawTransaction");

    [Fact]
    public async Task Send_FirstNodeAway_AsksTheNextAndStaysThereForAWhile()
    {
        var time = new SteppedTime();
        var first = new ScriptedNode { Fails = true };
        var second = new ScriptedNode();
        using var client = new FailoverRpcClient([first, second], TimeSpan.FromSeconds(60), timeProvider: time);

        await client.SendAsync(Read);
        await client.SendBatchAsync([Read]);
        Assert.Equal((1, 2, 1), (first.Asked, second.Asked, client.Current));

        // After its rest the first is tried once; while it fails the others are not held up by it again.
        time.Pass(61);
        await client.SendAsync(Read);
        await client.SendAsync(Read);
        Assert.Equal((2, 4), (first.Asked, second.Asked));

        time.Pass(61);
        first.Fails = false;
        await client.SendAsync(Read);
        Assert.Equal((3, 4, 0), (first.Asked, second.Asked, client.Current));
    }

    [Fact]
    public async Task Send_FirstNodeHangs_AsksTheNextBesideItAndStaysThere()
    {
        var first = new ScriptedNode { Hangs = true };
        var second = new ScriptedNode();
        using var client = new FailoverRpcClient([first, second], silence: TimeSpan.FromMilliseconds(50));

        await client.SendAsync(Read).WaitAsync(TimeSpan.FromSeconds(30));
        await client.SendAsync(Read).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((1, 2, 1, true), (first.Asked, second.Asked, client.Current, first.IsGivenUp));

        using var stop = new CancellationTokenSource(50);
        second.Hangs = true;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.SendAsync(Read, stop.Token).WaitAsync(TimeSpan.FromSeconds(30)));
    }

    /// <summary>It answers like one that is well; the others tell by going on.</summary>
    [Fact]
    public async Task Send_FirstNodeStandsStill_AsksTheNextUntilItGoesOn()
    {
        var time = new SteppedTime();
        var first = new ScriptedNode { Head = 10 };
        var second = new ScriptedNode { Head = 10 };
        using var client = new FailoverRpcClient([first, second], TimeSpan.FromSeconds(60), timeProvider: time);
        await client.SendAsync(Read);

        // A block that has not come to it yet is no reason; one that the other had the last time already is.
        for (int seconds = 0; seconds < 30; seconds += 10)
        {
            Assert.Equal(0, client.Current);
            time.Pass(10);
            second.Head++;
            await client.SendAsync(Read);
        }

        Assert.Equal((3, 1, 1), (first.Asked, second.Asked, client.Current));

        // As the last one it still answers.
        second.Fails = true;
        await client.SendAsync(Read);
        Assert.Equal((4, 0), (first.Asked, client.Current));
        second.Fails = false;
        await client.SendAsync(Read);
        Assert.Equal(1, client.Current);

        first.Head = second.Head;
        time.Pass(61);
        await client.SendAsync(Read);
        Assert.Equal(0, client.Current);
    }

    /// <summary>It answers at once, and so would win against every one that takes a moment.</summary>
    [Fact]
    public async Task Send_FirstNodeIsSilentAndTheNextIsBehind_WaitsForTheFirst()
    {
        var time = new SteppedTime();
        var first = new ScriptedNode { Head = 10 };
        var second = new ScriptedNode { Head = 10 };
        using var client = new FailoverRpcClient([first, second], TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(20), time);
        await FallBehindAsync();

        var answer = new TaskCompletionSource();
        first.Waits = answer.Task;
        Task asked = client.SendAsync(Call);
        await Task.Delay(200);
        Assert.Equal((0, false), (second.Asked, asked.IsCompleted));
        answer.SetResult();
        await asked;
        Assert.Equal((0, 0), (second.Asked, client.Current));

        // Once the first has failed it is asked, and what it says against the request counts for nothing: a revert may be of yesterday.
        first.Fails = true;
        await client.SendAsync(Call);
        Assert.Equal((1, 1), (second.Asked, client.Current));
        second.Refuses = true;
        await Assert.ThrowsAsync<RpcTransportException>(() => client.SendAsync(Call));

        // While the other is away it is behind all the same, until it has reached what that one had.
        (first.Fails, second.Refuses) = (false, false);
        time.Pass(61);
        await client.SendAsync(Call);
        Assert.Equal(0, client.Current);
        second.Head = first.Head;
        time.Pass(10);
        await client.SendAsync(Call);
        first.Hangs = true;
        await client.SendAsync(Call).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(1, client.Current);

        async Task FallBehindAsync()
        {
            for (int seconds = 0; seconds < 30; seconds += 10)
            {
                time.Pass(10);
                first.Head++;
                await client.SendAsync(Call);
            }

            Assert.Equal((0, 0), (second.Asked, client.Current));
        }
    }

    /// <summary>A chain that was begun anew: no node is behind the others.</summary>
    [Fact]
    public async Task Send_AllNodesHaveGoneBack_NoneIsBehind()
    {
        var time = new SteppedTime();
        var first = new ScriptedNode { Head = 100 };
        var second = new ScriptedNode { Head = 100 };
        using var client = new FailoverRpcClient([first, second], TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(20), time);
        await client.SendAsync(Call);
        (first.Head, second.Head) = (3, 3);
        time.Pass(10);
        await client.SendAsync(Call);
        first.Hangs = true;
        await client.SendAsync(Call).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(1, client.Current);
    }

    /// <summary>They were put up anew one after the other: what the later one had stands until it goes back as well.</summary>
    [Fact]
    public async Task Send_NodesGoBackOneAfterTheOther_NoneIsBehindInTheEnd()
    {
        var time = new SteppedTime();
        var first = new ScriptedNode { Head = 100 };
        var second = new ScriptedNode { Head = 100 };
        using var client = new FailoverRpcClient([first, second], TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(20), time);
        await client.SendAsync(Call);
        first.Head = 3;
        time.Pass(10);
        await client.SendAsync(Call);
        Assert.Equal(1, client.Current);
        second.Head = 3;
        time.Pass(10);
        await client.SendAsync(Call);
        second.Hangs = true;
        await client.SendAsync(Call).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(0, client.Current);
    }

    /// <summary>A block taken back on the one that is well is no sign that the other is so too.</summary>
    [Fact]
    public async Task Send_FirstNodeLosesABlock_TheSecondIsBehindAllTheSame()
    {
        var time = new SteppedTime();
        var first = new ScriptedNode { Head = 1003 };
        var second = new ScriptedNode { Head = 3 };
        using var client = new FailoverRpcClient([first, second], TimeSpan.FromSeconds(60), TimeSpan.FromMilliseconds(20), time);
        await client.SendAsync(Call);
        first.Head = 1002;
        time.Pass(10);
        await client.SendAsync(Call);

        var answer = new TaskCompletionSource();
        first.Waits = answer.Task;
        Task asked = client.SendAsync(Call);
        await Task.Delay(200);
        Assert.Equal((0, false), (second.Asked, asked.IsCompleted));
        answer.SetResult();
        await asked;
    }

    /// <summary>One absurd answer would make every other node behind for good.</summary>
    [Theory]
    [InlineData(ulong.MaxValue / 2, 1, 0)]
    [InlineData(1UL << 30, 1, 0)]
    [InlineData(1UL << 30, 2, 6)]
    public async Task Send_FirstNodeTellsAHeadThatNobodyHasAndHangs_TheSecondIsAskedBesideIt(ulong absurd, int timesTold, int looksWaited)
    {
        var time = new SteppedTime();
        var first = new ScriptedNode { Head = absurd };
        var second = new ScriptedNode { Head = 10 };
        using var client = new FailoverRpcClient([first, second], TimeSpan.FromSeconds(600), TimeSpan.FromMilliseconds(20), time);
        for (int told = 0; told < timesTold; told++)
        {
            await client.SendAsync(Call);
            time.Pass(10);
        }

        first.TellsNoHead = true;
        for (int look = 0; look < looksWaited; look++)
        {
            await client.SendAsync(Call);
            time.Pass(10);
        }

        Assert.Equal((0, 0), (second.Asked, client.Current));
        first.Hangs = true;
        await client.SendAsync(Call).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal((1, 1), (second.Asked, client.Current));

        // Nor is what the other says against a request taken for nothing, once the liar refuses to be reached at all.
        (first.Hangs, first.Fails, second.Refuses) = (false, true, true);
        await Assert.ThrowsAsync<RpcErrorException>(() => client.SendAsync(Call));
    }

    /// <summary>Whoever runs one of the nodes that are named tells of blocks to come and answers nothing else.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Send_ALaterNodeAlwaysTellsALaterHeadAndHangs_TheOthersAreAskedAllTheSame(int count)
    {
        var time = new SteppedTime();
        ScriptedNode[] well = [.. Enumerable.Range(1, count - 1).Select(static _ => new ScriptedNode { Head = 10 })];
        var liar = new ScriptedNode { Head = 1010, Hangs = true };
        using var client = new FailoverRpcClient([well[0], liar, .. well[1..]], TimeSpan.FromSeconds(600), TimeSpan.FromMilliseconds(20), time);
        for (int look = 0; look < 8; look++)
        {
            await client.SendAsync(Call).WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Equal((0, 0), (client.Current, liar.Asked));
            time.Pass(10);

            // An empty slot now and then is no standing still.
            ulong heads = look % 2 == 0 ? 1UL : 0;
            Array.ForEach(well, node => node.Head += heads);
            liar.Head += heads;
        }

        // One that goes on is passed over for silence alone, and then the one behind the liar is there.
        if (count > 2)
        {
            well[0].Hangs = true;
            await client.SendAsync(Call).WaitAsync(TimeSpan.FromSeconds(30));
            Assert.Equal((2, 1), (client.Current, liar.Asked));
        }
    }

    /// <summary>As on a chain that mines on demand.</summary>
    [Fact]
    public async Task Send_NoNodeGoesOn_StaysAtTheFirst()
    {
        var time = new SteppedTime();
        var second = new ScriptedNode { Head = 10 };
        using var client = new FailoverRpcClient([new ScriptedNode { Head = 10 }, second, new ScriptedNode { Head = 8, Fails = true }], timeProvider: time);
        for (int i = 0; i < 5; i++)
        {
            await client.SendAsync(Read);
            time.Pass(10);
        }

        Assert.Equal((0, 0), (second.Asked, client.Current));
    }

    [Fact]
    public async Task Send_NodeRefusesTheRequest_IsTheAnswerAndNoReasonToAskAnother()
    {
        var second = new ScriptedNode();
        using var client = new FailoverRpcClient([new ScriptedNode { Refuses = true }, second]);
        await Assert.ThrowsAsync<RpcErrorException>(() => client.SendAsync(Call));
        Assert.Equal(0, second.Asked);

        using var reverted = new FailoverRpcClient([new ScriptedNode { Refusal = new RpcError(3, "execution reverted", [1, 2, 3, 4]), Refuses = true }, second]);
        await Assert.ThrowsAsync<RpcErrorException>(() => reverted.SendAsync(Call));
        Assert.Equal(0, second.Asked);
    }

    [Theory]
    [InlineData("eth_getBlockByNumber", -32005)]
    [InlineData("eth_call", -32005)]
    [InlineData("eth_getBlockByNumber", -32000)]
    [InlineData("eth_getTransactionCount", -32603)]
    public async Task Send_NodeAnswersWithAnErrorOfItsOwn_AsksTheNext(string method, long code)
    {
        var second = new ScriptedNode();
        using var client = new FailoverRpcClient([new ScriptedNode { Refuses = true, Refusal = new RpcError(code, "limit exceeded", null) }, second]);
        Assert.Equal("1"u8.ToArray(), (await client.SendAsync(new RpcRequest(method))).ToArray());
        Assert.Equal((1, 1), (second.Asked, client.Current));

        second.Fails = true;
        Assert.Equal(code, (await Assert.ThrowsAsync<RpcErrorException>(() => client.SendAsync(new RpcRequest(method)))).Error.Code);
    }

    [Fact]
    public async Task SendBatch_NodeRefusesAPartForItsLimits_AsksTheNext()
    {
        var second = new ScriptedNode();
        using var client = new FailoverRpcClient([new ScriptedNode { Refuses = true, RefusesByReply = true, Refusal = new RpcError(-32005, "limit exceeded", null) }, second]);
        Assert.Null(Assert.Single(await client.SendBatchAsync([Call])).Error);
        Assert.Equal(1, second.Asked);
    }

    [Fact]
    public async Task Send_AllAway_ThrowsWhatTheFirstSaid()
    {
        using var client = new FailoverRpcClient([new ScriptedNode { Fails = true, Name = "one" }, new ScriptedNode { Fails = true, Name = "two" }]);
        Assert.Equal("one", (await Assert.ThrowsAsync<RpcTransportException>(() => client.SendAsync(Read))).Message);
    }

    [Fact]
    public async Task Send_SignedBytes_GoToEveryNodeAndOneAnswerIsEnough()
    {
        var away = new ScriptedNode { Fails = true };
        var refuses = new ScriptedNode { Refuses = true };
        var well = new ScriptedNode();
        using var client = new FailoverRpcClient([away, refuses, well]);
        await client.SendAsync(Raw);
        Assert.Equal((1, 1, 1), (away.Asked, refuses.Asked, well.Asked));

        well.Fails = true;
        await Assert.ThrowsAsync<RpcErrorException>(() => client.SendAsync(Raw));
    }

    /// <summary>Whoever gives a transaction up that every node refuses must not hear of the one that refuses where another has it.</summary>
    [Theory]
    [InlineData("oversized data", "already known", "already known")]
    [InlineData("already known", "oversized data", "already known")]
    [InlineData("oversized data", "transaction underpriced", "transaction underpriced")]
    [InlineData("oversized data", "nonce too low", "nonce too low")]
    public async Task Send_NodesRefuseSignedBytesInSeveralWords_TellsTheMostHopeful(string first, string second, string told)
    {
        using var client = new FailoverRpcClient([.. new[] { first, second }.Select(static words => new ScriptedNode { Refuses = true, Refusal = new RpcError(-32000, words, null) })]);
        Assert.Equal(told, (await Assert.ThrowsAsync<RpcErrorException>(() => client.SendAsync(Raw))).Error.Message);
    }

    private sealed class ScriptedNode : IRpcClient
    {
        public bool Fails { get; set; }

        public bool Refuses { get; set; }

        public RpcError Refusal { get; init; } = new(-32000, "nonce too low", null);

        /// <summary>Whether it refuses in the reply of a batch, not as a whole.</summary>
        public bool RefusesByReply { get; init; }

        public bool Hangs { get; set; }

        /// <summary>What it waits for before it answers.</summary>
        public Task Waits { get; set; } = Task.CompletedTask;

        /// <summary>Whether it does not answer when the nodes are compared.</summary>
        public bool TellsNoHead { get; set; }

        public bool IsGivenUp { get; private set; }

        public string Name { get; init; } = "away";

        /// <summary>Its newest block, as it says whenever the nodes are compared.</summary>
        public ulong Head { get; set; }

        /// <summary>How often it was asked for anything else.</summary>
        public int Asked { get; private set; }

        public async Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default) => (await SendBatchAsync([request], cancellationToken))[0].Result;

        public async Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default)
        {
            if (string.Equals(requests[0].Method, "eth_blockNumber", StringComparison.Ordinal))
            {
                return Fails || TellsNoHead ? throw new RpcTransportException(Name) : [new RpcReply(requests[0].Method, Encoding.ASCII.GetBytes($"\"0x{Head:x}\""), null)];
            }

            Asked++;
            try
            {
                await Task.Delay(Hangs ? Timeout.Infinite : 0, cancellationToken);
                await Waits.WaitAsync(cancellationToken);
            }
            finally
            {
                IsGivenUp = cancellationToken.IsCancellationRequested;
            }

            return await (Fails ? Task.FromException<IReadOnlyList<RpcReply>>(new RpcTransportException(Name))
                : Refuses && RefusesByReply ? Task.FromResult<IReadOnlyList<RpcReply>>([new RpcReply(requests[0].Method, default, Refusal)])
                : Refuses ? Task.FromException<IReadOnlyList<RpcReply>>(new RpcErrorException(requests[0].Method, Refusal))
                : Task.FromResult<IReadOnlyList<RpcReply>>([new RpcReply(requests[0].Method, "1"u8.ToArray(), null)]));
        }
    }

    private sealed class SteppedTime : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _seconds;

        public void Pass(int seconds) => _seconds += seconds;
    }
}
