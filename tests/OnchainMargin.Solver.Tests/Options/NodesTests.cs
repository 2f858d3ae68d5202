using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Protocol;
using OnchainMargin.Solver.Options;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Solver.Tests.Options;

public sealed class NodesTests
{
    private const string OfChain1 = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x1\"}";
    private const string OfChain2 = "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x2\"}";

    [Theory]
    [InlineData("nodeUrl", OfChain2, OfChain1)]
    [InlineData("nodeUrls", OfChain1, OfChain2)]
    public async Task Nodes_OneOfAnotherChain_IsRefusedWithoutTheKeyInItsAddress(string option, string first, string second)
    {
        using RawServer one = Server(first);
        using RawServer two = Server(second);
        RawServer other = string.Equals(first, OfChain2, StringComparison.Ordinal) ? one : two;
        var options = new SolverOptions { NodeUrl = $"{one.Endpoint}v3/a-secret", NodeUrls = [$"{two.Endpoint}v3/a-secret"] };
        ProtocolException error = await Assert.ThrowsAsync<ProtocolException>(() => SolverHost.NodesAsync(options, 1, CancellationToken.None));
        Assert.Contains($"The node at {other.Endpoint.Authority} of option {option} serves chain 2", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a-secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32005,\"message\":\"daily request count exceeded\"}}")]
    [InlineData("<html>This endpoint has moved.</html>")]
    public async Task Nodes_FurtherOneAnswersWithAnErrorOrAPage_StartsWithTheOther(string answer)
    {
        using RawServer first = Server(OfChain1);
        using RawServer second = Server(answer);
        IRpcClient nodes = await SolverHost.NodesAsync(new SolverOptions { NodeUrl = first.Endpoint.ToString(), NodeUrls = [second.Endpoint.ToString()] }, 1, CancellationToken.None);
        using var several = Assert.IsType<FailoverRpcClient>(nodes);
        Assert.Equal(0, several.Current);
    }

    /// <summary>What was away at the start comes back as a node of another chain: nothing that it says is believed. As one of the chain it is asked once.</summary>
    [Fact]
    public async Task Nodes_OneAwayAtTheStart_IsAskedForItsChainBeforeItsFirstAnswerCounts()
    {
        var first = new Node { Chain = 1 };
        var second = new Node { IsAway = true };
        using var nodes = new FailoverRpcClient([new ChainCheckedRpcClient(first, 1, "The first node"), new ChainCheckedRpcClient(second, 1, "The second node")]);
        var head = new RpcRequest("eth_getBlockByNumber");
        await nodes.SendAsync(head);
        first.IsAway = true;
        await Assert.ThrowsAsync<RpcTransportException>(() => nodes.SendAsync(head));

        (second.IsAway, second.Chain) = (false, 2);
        await Assert.ThrowsAsync<RpcTransportException>(() => nodes.SendAsync(head));
        await Assert.ThrowsAsync<RpcTransportException>(() => nodes.SendBatchAsync([head]));
        Assert.Equal(0, second.Answered);
        using var alone = new ChainCheckedRpcClient(second, 1, "The second node");
        RpcTransportException error = await Assert.ThrowsAsync<RpcTransportException>(() => alone.SendAsync(head));
        Assert.Equal("The second node serves chain 2 and not 1, so its answers count for nothing; name a node of that chain.", error.Message);

        second.Chain = 1;
        second.AskedForItsChain = 0;
        await nodes.SendAsync(head);
        await nodes.SendBatchAsync([head]);
        Assert.Equal((1, 2, 1), (second.AskedForItsChain, second.Answered, nodes.Current));
    }

    /// <summary>A failure may be the end of the node, and what answers next another one behind the same address.</summary>
    [Fact]
    public async Task Nodes_OneComesBackAsANodeOfAnotherChain_IsNotBelieved()
    {
        var node = new Node { Chain = 1 };
        using var nodes = new ChainCheckedRpcClient(node, 1, "The node");
        var head = new RpcRequest("eth_getBlockByNumber");
        await nodes.SendAsync(head);
        node.IsAway = true;
        await Assert.ThrowsAsync<RpcTransportException>(() => nodes.SendBatchAsync([head]));

        (node.IsAway, node.Chain) = (false, 2);
        RpcTransportException error = await Assert.ThrowsAsync<RpcTransportException>(() => nodes.SendAsync(head));
        Assert.StartsWith("The node serves chain 2 and not 1", error.Message, StringComparison.Ordinal);
        Assert.Equal(1, node.Answered);
        node.Chain = 1;
        await nodes.SendAsync(head);
        Assert.Equal(2, node.Answered);
    }

    /// <summary>It may be put up anew between two requests; whoever asks for its chain is answered by the next, and it is asked for nothing any more.</summary>
    [Fact]
    public async Task Nodes_OneTellsOfAnotherChain_IsNotBelievedFromThereOn()
    {
        var first = new Node { Chain = 1 };
        var second = new Node { Chain = 1 };
        using var nodes = new FailoverRpcClient([new ChainCheckedRpcClient(first, 1, "The first node"), new ChainCheckedRpcClient(second, 1, "The second node")]);
        var head = new RpcRequest("eth_getBlockByNumber");
        await nodes.SendAsync(head);
        first.Chain = 2;
        Assert.Equal("\"0x1\""u8.ToArray(), (await nodes.SendAsync(new RpcRequest("eth_chainId"))).ToArray());
        await nodes.SendAsync(head);
        second.IsAway = true;
        await Assert.ThrowsAsync<RpcTransportException>(() => nodes.SendAsync(head));
        Assert.Equal((1, 1), (first.Answered, second.Answered));
    }

    [Fact]
    public async Task Nodes_OneAlone_IsAskedForItsChain()
    {
        using RawServer other = Server(OfChain2);
        await Assert.ThrowsAsync<ProtocolException>(() => SolverHost.NodesAsync(new SolverOptions { NodeUrl = other.Endpoint.ToString() }, 1, CancellationToken.None));
        using RawServer right = Server(OfChain1);
        using var node = Assert.IsType<ChainCheckedRpcClient>(await SolverHost.NodesAsync(new SolverOptions { NodeUrl = right.Endpoint.ToString() }, 1, CancellationToken.None));
    }

    private static RawServer Server(string answer) => new($"HTTP/1.1 200 OK\r\nContent-Length: {answer.Length}\r\n\r\n{answer}");

    private sealed class Node : IRpcClient
    {
        public bool IsAway { get; set; }

        public int Chain { get; set; }

        public int AskedForItsChain { get; set; }

        public int Answered { get; private set; }

        public async Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default) => (await SendBatchAsync([request], cancellationToken))[0].Result;

        public Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default)
        {
            if (IsAway)
            {
                return Task.FromException<IReadOnlyList<RpcReply>>(new RpcTransportException("away"));
            }

            bool isForTheChain = string.Equals(requests[0].Method, "eth_chainId", StringComparison.Ordinal);
            AskedForItsChain += isForTheChain ? 1 : 0;
            Answered += isForTheChain || string.Equals(requests[0].Method, "eth_blockNumber", StringComparison.Ordinal) ? 0 : 1;
            return Task.FromResult<IReadOnlyList<RpcReply>>([new RpcReply(requests[0].Method, System.Text.Encoding.UTF8.GetBytes($"\"0x{Chain}\""), null)]);
        }
    }
}
