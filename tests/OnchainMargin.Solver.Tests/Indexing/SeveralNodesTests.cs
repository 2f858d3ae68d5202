using System.Text;
using System.Text.Json;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Store;

namespace OnchainMargin.Solver.Tests.Indexing;

/// <summary>Of two nodes the second is behind, and says of blocks that it does not have that they have no logs. Whichever answers what: the store holds what the chain has, as far as it goes.</summary>
public sealed class SeveralNodesTests
{
    private const ulong Depth = 16;

    [Theory]
    [InlineData("slow", 100, 40)]
    [InlineData("over its limits", 100, 40)]
    [InlineData("slow", 14, 6)]
    [InlineData("over its limits", 14, 6)]
    public async Task RunOnce_NodeThatIsBehindAnswersForTheOther_NoEventIsLost(string first, int blocks, int behind)
    {
        var chain = new FakeChain();
        chain.Grow(blocks);
        var well = new ChainNode(chain) { Head = (ulong)blocks };
        var late = new ChainNode(chain) { Head = (ulong)behind, HasLogsAlone = true };
        using var nodes = new FailoverRpcClient([well, late], silence: TimeSpan.FromMilliseconds(10));
        using SolverStore store = TestStore.Open(31337, FakeChain.Contract);
        var follower = new ChainFollower(new NodeChainSource(new EthereumNode(nodes), 31337, [FakeChain.Contract]), store, 1, Depth, 10);
        (well.Takes, well.Refusal) = first == "slow" ? (TimeSpan.FromMilliseconds(200), null) : (TimeSpan.Zero, new RpcError(-32005, "limit exceeded", null));

        int threw = 0;
        for (int i = 0; i < 12; i++)
        {
            try
            {
                await follower.RunOnceAsync(CancellationToken.None);
            }
            catch (EthereumFormatException error)
            {
                Assert.Contains("check that all endpoints serve the same chain", error.Message, StringComparison.Ordinal);
                threw++;
            }

            AssertEqual(chain, store);
        }

        Assert.True(threw > 0);
        (well.Takes, well.Refusal) = (TimeSpan.Zero, null);
        for (int i = 0; i < 30 && store.Head()?.Number != chain.Head.Number; i++)
        {
            await follower.RunOnceAsync(CancellationToken.None);
            AssertEqual(chain, store);
        }

        Assert.Equal(chain.Head, store.Head());
    }

    /// <summary>Put up anew between two requests, without a failure that anybody sees: its blocks are another chain's, and the other node would vouch for them.</summary>
    [Fact]
    public async Task RunOnce_NodeServesAnotherChainBehindItsAddress_ForgetsNothingAndGoesOnWithTheOther()
    {
        var chain = new FakeChain();
        chain.Grow(40);
        var first = new ChainNode(chain) { Head = 40 };
        var second = new ChainNode(chain) { Head = 60 };
        using var nodes = new FailoverRpcClient([new ChainCheckedRpcClient(first, 31337, "The first node"), new ChainCheckedRpcClient(second, 31337, "The second node")]);
        using SolverStore store = TestStore.Open(31337, FakeChain.Contract);
        var follower = new ChainFollower(new NodeChainSource(new EthereumNode(nodes), 31337, [FakeChain.Contract]), store, 1, Depth, 10);
        while (store.Head() != chain.Head)
        {
            await follower.RunOnceAsync(CancellationToken.None);
        }

        chain.Grow(20);
        var other = new FakeChain();
        other.Fork(0, 50);
        (first.Chain, first.ChainId, first.Head) = (other, 2, 50);
        await Assert.ThrowsAsync<EthereumFormatException>(() => follower.RunOnceAsync(CancellationToken.None));
        for (int i = 0; i < 10; i++)
        {
            await follower.RunOnceAsync(CancellationToken.None);
            Assert.InRange(store.Head()?.Number ?? 0, 40UL, 60UL);
            AssertEqual(chain, store);
        }

        Assert.Equal((chain.Head, 1), (store.Head(), nodes.Current));
    }

    private static void AssertEqual(FakeChain chain, SolverStore store) => Assert.Equal(
        chain.AllLogs.Where(log => log.BlockNumber <= (store.Head()?.Number ?? 0)).Select(static log => log.TransactionHash), store.LogsFrom(0).Select(static log => log.TransactionHash));

    /// <summary>Serves a chain as far as it has it.</summary>
    private sealed class ChainNode(FakeChain chain) : IRpcClient
    {
        public FakeChain Chain { get; set; } = chain;

        public ulong ChainId { get; set; } = 31337;

        public ulong Head { get; set; }

        /// <summary>Whether it is over its limits for whatever does not ask for logs.</summary>
        public bool HasLogsAlone { get; init; }

        /// <summary>How long it takes where logs are asked for.</summary>
        public TimeSpan Takes { get; set; }

        /// <summary>What it says where logs are asked for.</summary>
        public RpcError? Refusal { get; set; }

        public async Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default) => (await SendBatchAsync([request], cancellationToken))[0].RequireResult();

        public async Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default)
        {
            bool asksForLogs = requests.Any(static request => request.Method == "eth_getLogs");
            await Task.Delay(asksForLogs ? Takes : TimeSpan.Zero, cancellationToken);
            return HasLogsAlone && !asksForLogs && requests[0].Method != "eth_blockNumber"
                ? throw new RpcTransportException("The node answered with HTTP status 429.")
                : [.. requests.Select(request => asksForLogs && Refusal is { } refusal ? new RpcReply(request.Method, default, refusal) : new RpcReply(request.Method, Encoding.UTF8.GetBytes(Answer(request)), null))];
        }

        private string Answer(RpcRequest request)
        {
            using JsonDocument parameters = JsonDocument.Parse(request.Parameters);
            JsonElement first = parameters.RootElement.EnumerateArray().FirstOrDefault();
            return request.Method switch
            {
                "eth_chainId" => $"\"0x{ChainId:x}\"",
                "eth_blockNumber" => $"\"0x{Head:x}\"",
                "eth_getBlockByNumber" => Header(block => first.ValueEquals("latest") ? block.Number == Head : block.Number == Number(first)),
                "eth_getBlockByHash" => Header(block => first.ValueEquals(block.Hash.ToString())),
                "eth_getLogs" when first.TryGetProperty("blockHash", out JsonElement hash) => Logs(log => hash.ValueEquals(log.BlockHash.ToString())),
                "eth_getLogs" => Logs(log => log.BlockNumber >= Number(first.GetProperty("fromBlock")) && log.BlockNumber <= Number(first.GetProperty("toBlock"))),
                _ => throw new NotSupportedException(request.Method),
            };
        }

        private static ulong Number(JsonElement quantity) => Convert.ToUInt64(quantity.GetString(), 16);

        private string Header(Func<StoredBlock, bool> isAskedFor) => Chain.Blocks.FirstOrDefault(block => block.Number <= Head && isAskedFor(block)) is { } block
            ? $$"""{"number":"0x{{block.Number:x}}","hash":"{{block.Hash}}","parentHash":"{{block.ParentHash}}","timestamp":"0x{{block.TimeSeconds:x}}","gasLimit":"0x1","gasUsed":"0x0"}"""
            : "null";

        private string Logs(Func<LogEntry, bool> areAskedFor) => $"[{string.Join(',', Chain.AllLogs.Where(log => log.BlockNumber <= Head && areAskedFor(log)).Select(static log => $$"""
            {"address":"{{log.Address}}","topics":["{{log.Topics[0]}}","{{log.Topics[1]}}"],"data":"{{HexData.Encode(log.Data)}}","blockNumber":"0x{{log.BlockNumber:x}}","blockHash":"{{log.BlockHash}}",
            "transactionHash":"{{log.TransactionHash}}","transactionIndex":"0x0","logIndex":"0x{{log.LogIndex:x}}","removed":false}
            """))}]";
    }
}
