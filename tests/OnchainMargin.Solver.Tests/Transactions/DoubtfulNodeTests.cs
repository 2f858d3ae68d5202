using OnchainMargin.Ethereum;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Transactions;

/// <summary>Answers that are wrong once, a node that is no longer the chain's, one that keeps silent, and a clock that is set: nothing is sent twice for them, nothing forgotten, and nothing waits for ever.</summary>
public sealed class DoubtfulNodeTests : TransactionWorld
{
    private static readonly string[] Intents = ["a", "b", "c"];

    [Theory]
    [InlineData(0UL)]
    [InlineData(1UL)]
    [InlineData(2UL)]
    public async Task RunOnce_NodeCountsTooFewOnce_TakesNothingBackAndSendsNothing(ulong counted)
    {
        using TransactionManager manager = await SettledAsync();
        Node.Counts = _ => counted;
        Time.Pass(Options.BroadcastAgainAfterSeconds);
        RpcTransportException error = await Assert.ThrowsAsync<RpcTransportException>(() => manager.RunOnceAsync(CancellationToken.None));
        Assert.Equal($"The node counts {counted} transactions of {Key.Address}, and block 1 has the one with nonce {counted}: it is not believed, and nothing is taken back on that word; name another node if it goes on.", error.Message);
        AssertFinal();

        Node.Counts = static used => used;
        await manager.RunOnceAsync(CancellationToken.None);
        AssertFinal();
        Assert.Equal(3, Node.Broadcasts.Count);
    }

    /// <summary>The form that a block has may be any of them.</summary>
    [Fact]
    public async Task RunOnce_NodeCountsTooFewOnceAndAnEarlierFormWasMined_TakesNothingBack()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        Node.Asked = new GasOffer(30_000_000_000UL, 3_000_000_000UL);
        Time.Pass(Options.RaiseFeeAfterSeconds);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(2, Node.Broadcasts.Count);
        Node.UseNonceElsewhere(Node.Broadcasts[0]);
        await manager.RunOnceAsync(CancellationToken.None);
        Node.Counts = _ => 0;
        await Assert.ThrowsAsync<RpcTransportException>(() => manager.RunOnceAsync(CancellationToken.None));
        Assert.Equal(OutboxState.Mined, Store.FindInOutbox("a")!.State);
    }

    [Fact]
    public async Task RunOnce_NodeIsOfAnotherChainNow_TakesNothingBackAndSendsNothing()
    {
        using TransactionManager manager = await SettledAsync();
        Node.TakeBack(6);
        Node.IsOfTheChain = false;
        RpcTransportException error = await Assert.ThrowsAsync<RpcTransportException>(() => manager.RunOnceAsync(CancellationToken.None));
        Assert.StartsWith("The node serves chain 2 now", error.Message, StringComparison.Ordinal);
        AssertFinal();

        Node.IsOfTheChain = true;
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.All(Intents, intent => Assert.Equal(OutboxState.Live, Store.FindInOutbox(intent)!.State));
    }

    /// <summary>Starts wait for the round: it waits once for all that is broadcast, not once for each.</summary>
    [Fact]
    public async Task RunOnce_NobodyAnswersABroadcast_IsOverAfterOneWait()
    {
        var time = new HeldTime();
        using var manager = new TransactionManager(Node, new SigningKey(Key, 31337), Store, Options, time, Microsoft.Extensions.Logging.Abstractions.NullLogger<TransactionManager>.Instance);
        for (int i = 0; i < 20; i++)
        {
            await manager.SubmitAsync(Intent($"intent {i}"), CancellationToken.None);
        }

        Node.Hangs = true;
        time.Seconds += Options.BroadcastAgainAfterSeconds;
        Task round = manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(40, Node.Broadcasts.Count);
        Assert.False(round.IsCompleted);
        Assert.All(time.Due, static due => Assert.Equal(Patience.Longest, due));
        time.RunOut();
        await round.WaitAsync(TimeSpan.FromSeconds(30));
    }

    /// <summary>What is stored may have been stored by another machine, or by a clock that was ahead.</summary>
    [Fact]
    public async Task RunOnce_WasOfferedByAClockAnHourAhead_IsRaisedAllTheSame()
    {
        Time.Set(3600);
        using (TransactionManager first = Manager())
        {
            await first.SubmitAsync(Intent("a"), CancellationToken.None);
        }

        Time.Set(-3600);
        Node.Asked = new GasOffer(100_000_000_000UL, 10_000_000_000UL);
        using TransactionManager second = Manager();
        await second.RunOnceAsync(CancellationToken.None);
        Assert.Equal((UInt256)100_000_000_000UL, Store.AttemptsOf("a")[^1].MaxFeePerGasWei);
    }

    [Fact]
    public async Task RunOnce_ClockIsSetBackMeanwhile_BroadcastsAgainInTime()
    {
        using TransactionManager manager = Manager();
        Node.Losses.Enqueue(false);
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        Time.Set(-3600);
        Time.Pass(Options.BroadcastAgainAfterSeconds - 1);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Single(Node.Broadcasts);
        Time.Pass(1);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(2, Node.Broadcasts.Count);
    }

    /// <summary>A second that a clock was ahead tells nobody's secrets: what is to stay private stays so.</summary>
    [Fact]
    public async Task RunOnce_ClockIsSetBackALittle_StaysPrivate()
    {
        using TransactionManager manager = Manager(new TransactionOptions { PrivateForSeconds = 600 });
        await manager.SubmitAsync(Intent("a") with { IsPrivate = true }, CancellationToken.None);
        Time.Set(-2);
        Time.Pass(Options.BroadcastAgainAfterSeconds);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal([true, true], Node.Private);
    }

    /// <summary>Three transactions of the first block, settled for good.</summary>
    private async Task<TransactionManager> SettledAsync()
    {
        TransactionManager manager = Manager();
        foreach (string intent in Intents)
        {
            await manager.SubmitAsync(Intent(intent), CancellationToken.None);
        }

        Node.Mine();
        for (int i = 0; i < Options.SettledAfterBlocks; i++)
        {
            Node.MineEmpty();
        }

        await manager.RunOnceAsync(CancellationToken.None);
        AssertFinal();
        return manager;
    }

    private void AssertFinal() => Assert.All(Intents, intent => Assert.Equal((OutboxState.Final, 1UL), (Store.FindInOutbox(intent)!.State, Store.FindInOutbox(intent)!.BlockNumber)));

    /// <summary>A clock whose timers run out when told to.</summary>
    private sealed class HeldTime : TimeProvider
    {
        private readonly List<(TimerCallback Callback, object? State)> _timers = [];

        public long Seconds { get; set; } = 1_770_000_000;

        public List<TimeSpan> Due { get; } = [];

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => Seconds;

        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeSeconds(Seconds);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _timers.Add((callback, state));
            Due.Add(dueTime);
            return new HeldTimer();
        }

        public void RunOut()
        {
            foreach ((TimerCallback callback, object? state) in _timers.ToArray())
            {
                callback(state);
            }
        }

        private sealed class HeldTimer : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => default;
        }
    }
}
