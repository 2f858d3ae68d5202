using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Transactions;

public sealed class NodeTransactionsTests
{
    [Fact]
    public async Task Questions_ToANodeThatHangs_AreGivenUp()
    {
        using var relay = new PrivateRelay(new TransactionOptions());
        var node = new NodeTransactions(new EthereumNode(new HangingNode()), 1, relay, new TransactionOptions(), new HastyTime());
        var questions = new (string Name, Func<Task> Ask)[]
        {
            ("head", () => node.GetHeadAndMinedNonceAsync(default, CancellationToken.None)),
            ("hash", () => node.GetBlockHashAsync(1, CancellationToken.None)),
            ("nonce", () => node.GetMinedNonceAsync(default, CancellationToken.None)),
            ("fees", () => node.EstimateFeesAsync(CancellationToken.None)),
            ("receipt", () => node.FindMinedAsync(default, CancellationToken.None)),
        };
        foreach ((string name, Func<Task> ask) in questions)
        {
            RpcTransportException given = await Assert.ThrowsAsync<RpcTransportException>(() => ask().WaitAsync(TimeSpan.FromSeconds(30)));
            Assert.True(given.Message.Contains("within 5 s", StringComparison.Ordinal), name);
        }

        // Why a transaction was reverted is told to people only: what became of it is written down all the same.
        Assert.Contains("within 5 s", await node.ExplainRevertAsync(default, default, [], 1, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-32000, "gas required exceeds allowance (16777216)", true)]
    [InlineData(-32000, "header not found", false)]
    [InlineData(-32003, "out of gas: gas required exceeds allowance", true)]
    [InlineData(-32015, "VM execution error: OutOfGas", true)]
    [InlineData(-32603, "Transaction ran out of gas", true)]
    [InlineData(-32003, "transaction gas limit (30000000) is greater than the cap (16777216)", true)]
    [InlineData(-32603, "internal error", false)]
    public async Task EstimateGas_NodeFindsNoGasThatIsEnough_IsTooLarge(int code, string said, bool isTooLarge)
    {
        using var relay = new PrivateRelay(new TransactionOptions());
        var node = new NodeTransactions(new EthereumNode(new RefusingNode(new RpcError(code, said, null))), 1, relay, new TransactionOptions(), TimeProvider.System);
        EthereumException error = await Assert.ThrowsAnyAsync<EthereumException>(() => node.EstimateGasAsync(default, default, [1], CancellationToken.None));
        Assert.Equal(isTooLarge ? typeof(TransactionTooLargeException) : typeof(RpcErrorException), error.GetType());
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetBlockHash_NoSuchBlock_IsNull()
    {
        using var relay = new PrivateRelay(new TransactionOptions());
        var node = new NodeTransactions(new EthereumNode(new EmptyNode()), 1, relay, new TransactionOptions(), TimeProvider.System);
        Assert.Null(await node.GetBlockHashAsync(7, CancellationToken.None));
    }

    [Fact]
    public async Task FindMined_ReceiptOfAnotherTransaction_IsRefused()
    {
        using var relay = new PrivateRelay(new TransactionOptions());
        var asked = Hash32.LeftAligned([7]);
        var node = new NodeTransactions(new EthereumNode(new ReceiptNode(asked)), 1, relay, new TransactionOptions(), TimeProvider.System);
        Assert.Equal(new MinedTransaction(5, true), await node.FindMinedAsync(asked, CancellationToken.None));
        EthereumFormatException error = await Assert.ThrowsAsync<EthereumFormatException>(() => node.FindMinedAsync(Hash32.LeftAligned([8]), CancellationToken.None));
        Assert.Contains($"with the receipt of {asked}", error.Message, StringComparison.Ordinal);
    }

    /// <summary>The nonce that is free and the newest block are compared, so one node must say both.</summary>
    [Fact]
    public async Task GetHeadAndMinedNonce_AsksOneQuestion()
    {
        using var relay = new PrivateRelay(new TransactionOptions());
        var node = new NodeTransactions(new EthereumNode(new CountingNode()), 1, relay, new TransactionOptions(), TimeProvider.System);
        Assert.Equal((9UL, 4UL), await node.GetHeadAndMinedNonceAsync(default, CancellationToken.None));
    }

    [Theory]
    [InlineData(31337UL, true)]
    [InlineData(9UL, false)]
    public async Task RequireChain_NodeServesAnotherChain_Throws(ulong chain, bool isOther)
    {
        using var relay = new PrivateRelay(new TransactionOptions());
        var node = new NodeTransactions(new EthereumNode(new CountingNode()), chain, relay, new TransactionOptions(), TimeProvider.System);
        Exception? error = await Record.ExceptionAsync(() => node.RequireChainAsync(CancellationToken.None));
        Assert.Equal(isOther, error is RpcTransportException { IsTransient: false });
    }

    /// <summary>All of a tip is paid, whatever a node says that others pay.</summary>
    [Theory]
    [InlineData(2, 62, 2)]
    [InlineData(50, 110, 50)]
    [InlineData(500, 110, 50)]
    public async Task EstimateFees_NodeTellsATip_OffersNoMoreThanIsBelieved(int toldGwei, int mostGwei, int tipGwei)
    {
        using var relay = new PrivateRelay(new TransactionOptions());
        var node = new NodeTransactions(new EthereumNode(new FeeNode(30, toldGwei)), 1, relay, new TransactionOptions(), TimeProvider.System);
        Assert.Equal(new GasOffer(Gwei(mostGwei), Gwei(tipGwei)), await node.EstimateFeesAsync(CancellationToken.None));
    }

    [Fact]
    public async Task EstimateFees_NodeTellsNothingButAPrice_OffersItAndNoLargerTip()
    {
        using var relay = new PrivateRelay(new TransactionOptions());
        var node = new NodeTransactions(new EthereumNode(new FeeNode(0, 70)), 1, relay, new TransactionOptions(), TimeProvider.System);
        Assert.Equal(new GasOffer(Gwei(70), Gwei(50)), await node.EstimateFeesAsync(CancellationToken.None));
    }

    private static UInt256 Gwei(int gwei) => (UInt256)(ulong)gwei * GasOffer.WeiPerGwei;

    /// <summary>Tells a base fee and a tip, and their sum as the price of gas.</summary>
    private sealed class FeeNode(int baseGwei, int tipGwei) : IRpcClient
    {
        public Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default) => Task.FromResult<ReadOnlyMemory<byte>>(System.Text.Encoding.UTF8.GetBytes(request.Method switch
        {
            "eth_feeHistory" => $$"""{"baseFeePerGas":["{{Gwei(baseGwei).ToQuantity()}}"],"reward":[["{{Gwei(tipGwei).ToQuantity()}}"]]}""",
            "eth_gasPrice" => $"\"{Gwei(baseGwei + tipGwei).ToQuantity()}\"",
            "eth_getBlockByNumber" => "null",
            _ => throw new NotSupportedException(request.Method),
        }));

        public async Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default) =>
            await Task.WhenAll(requests.Select(async request => new RpcReply(request.Method, await SendAsync(request, cancellationToken), null)));
    }

    /// <summary>At block 9, and of chain 9; four transactions are mined.</summary>
    private sealed class CountingNode : IRpcClient
    {
        public Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default) =>
            Task.FromResult<ReadOnlyMemory<byte>>(request.Method == "eth_chainId" ? "\"0x9\""u8.ToArray() : throw new NotSupportedException(request.Method));

        public Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default) =>
            Task.FromResult<IReadOnlyList<RpcReply>>([.. requests.Select(static request => new RpcReply(request.Method, request.Method switch
            {
                "eth_blockNumber" => "\"0x9\""u8.ToArray(),
                "eth_getTransactionCount" => "\"0x4\""u8.ToArray(),
                _ => throw new NotSupportedException(request.Method),
            }, null))]);
    }

    /// <summary>Has one receipt, whatever it is asked for.</summary>
    private sealed class ReceiptNode(Hash32 transaction) : IRpcClient
    {
        public Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default) => Task.FromResult<ReadOnlyMemory<byte>>(System.Text.Encoding.UTF8.GetBytes(
            $$"""{"transactionHash":"{{transaction}}","blockNumber":"0x5","blockHash":"{{transaction}}","from":"{{default(Address)}}","gasUsed":"0x1","status":"0x1","logs":[]}"""));

        public Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default) => throw new NotSupportedException("a batch");
    }

    private sealed class EmptyNode : IRpcClient
    {
        public Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default) =>
            Task.FromResult<ReadOnlyMemory<byte>>(request.Method == "eth_getBlockByNumber" ? "null"u8.ToArray() : throw new NotSupportedException(request.Method));

        public Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default) => throw new NotSupportedException("a batch");
    }

    private sealed class RefusingNode(RpcError answer) : IRpcClient
    {
        public Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default) => throw new RpcErrorException(request.Method, answer);

        public Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default) => throw new RpcErrorException("a batch", answer);
    }

    private sealed class HangingNode : IRpcClient
    {
        public async Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return default;
        }

        public async Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return [];
        }
    }
}
