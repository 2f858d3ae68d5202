using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Ethereum.Transactions;

namespace OnchainMargin.Ethereum.Tests.Sending;

/// <summary>What goes wrong between a node and a sender, and that nothing is sent twice or forgotten.</summary>
public sealed class TransactionSenderTests : IDisposable
{
    private static readonly TransactionRequest Request = new(Address.Zero, ReadOnlyMemory<byte>.Empty);
    private static readonly TransactionSenderOptions Fast = new() { PollInterval = TimeSpan.FromMilliseconds(1), ReceiptTimeout = TimeSpan.FromMilliseconds(50) };

    private readonly PrivateKey _key = PrivateKey.Generate();

    public void Dispose() => _key.Dispose();

    [Fact]
    public async Task Prepare_OfTransactions_NumbersAndPricesThem()
    {
        using var sender = new TransactionSender(new ScriptedNode().Node, _key);

        var first = (FeeMarketTransaction)(await sender.PrepareAsync(Request)).Transaction;
        SignedTransaction second = await sender.PrepareAsync(Request with { GasLimit = 99_000 });

        Assert.Equal((7UL, 1UL, 26_250UL), (first.Nonce, first.ChainId, first.GasLimit));
        Assert.Equal((202U, 2U), ((uint)first.MaxFeePerGasWei, (uint)first.MaxPriorityFeePerGasWei));
        Assert.Equal((8UL, 99_000UL), (second.Transaction.Nonce, second.Transaction.GasLimit));
        Assert.Equal(_key.Address, second.RecoverSender());
        await sender.ReleaseAsync(second);
        Assert.Equal(7UL, (await sender.PrepareAsync(Request)).Transaction.Nonce);
    }

    /// <summary>21,000 gas and room for 979,000 at 202 wei.</summary>
    [Theory]
    [InlineData(202_000_100, 1_000_000)]
    [InlineData(202_000_099, 999_999)]
    [InlineData(101_000_100, 500_000)]
    [InlineData(200, 26_250)] // The node says what is lacking.
    [InlineData(99, 26_250)]
    public async Task Prepare_WithRoomForGas_AllowsAsMuchOfItAsTheSenderHas(long balance, ulong limit)
    {
        ScriptedNode node = new ScriptedNode().On("eth_getBalance", _ => $"\"0x{balance:x}\"");
        using var sender = new TransactionSender(node.Node, _key, Fast with { GasRoom = 979_000 });
        Assert.Equal(limit, (await sender.PrepareAsync(Request with { ValueWei = 100U })).Transaction.GasLimit);
    }

    [Fact]
    public async Task Prepare_OnAChainWithoutEip1559_UsesTheGasPrice()
    {
        ScriptedNode node = new ScriptedNode().On("eth_feeHistory", static _ => ScriptedNode.Fail("unknown method", -32601)).On("eth_gasPrice", static _ => "\"0x9\"");
        using var sender = new TransactionSender(node.Node, _key);

        var transaction = Assert.IsType<LegacyTransaction>((await sender.PrepareAsync(Request)).Transaction);

        Assert.Equal((9U, 1UL), ((uint)transaction.GasPriceWei, transaction.ChainId));
    }

    [Fact]
    public async Task Prepare_AboveTheFeeCap_RefusesAndTakesNoNonce()
    {
        using var sender = new TransactionSender(new ScriptedNode().Node, _key, Fast with { MaximumFeePerGasWei = 201U });

        TransactionException failure = await Assert.ThrowsAsync<TransactionException>(() => sender.PrepareAsync(Request));

        Assert.Contains("202", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("already known")]
    [InlineData("Known transaction: 0x12")]
    [InlineData("AlreadyKnown")]
    public async Task Broadcast_OfWhatTheNodeHasAlready_IsNoFailure(string message)
    {
        using var sender = new TransactionSender(new ScriptedNode().On("eth_sendRawTransaction", _ => ScriptedNode.Fail(message)).Node, _key);

        await sender.BroadcastAsync(await sender.PrepareAsync(Request));

        Assert.Equal(8UL, (await sender.PrepareAsync(Request)).Transaction.Nonce);
    }

    [Fact]
    public async Task Broadcast_ThatTheNodeRefuses_SaysWhyAndNumbersAnew()
    {
        using var sender = new TransactionSender(new ScriptedNode().On("eth_sendRawTransaction", static _ => ScriptedNode.Fail("nonce too low")).Node, _key);
        SignedTransaction transaction = await sender.PrepareAsync(Request);

        TransactionException failure = await Assert.ThrowsAsync<TransactionException>(() => sender.BroadcastAsync(transaction));

        Assert.Equal(transaction.Hash, failure.TransactionHash);
        Assert.Contains("nonce too low", failure.Message, StringComparison.Ordinal);
        Assert.Equal(7UL, (await sender.PrepareAsync(Request)).Transaction.Nonce);
    }

    [Fact]
    public async Task Broadcast_OfWhatWasMinedMeanwhile_IsNoFailure()
    {
        using var sender = new TransactionSender(new ScriptedNode().On("eth_sendRawTransaction", static _ => ScriptedNode.Fail("nonce too low")).On("eth_getTransactionReceipt", Receipt).Node, _key);

        await sender.BroadcastAsync(await sender.PrepareAsync(Request));
    }

    [Theory]
    [InlineData("{}", true)]
    [InlineData("null", false)]
    public async Task Broadcast_WhoseAnswerIsLost_AsksWhetherItArrived(string known, bool arrived)
    {
        ScriptedNode node = new ScriptedNode().On("eth_sendRawTransaction", static _ => throw new RpcTransportException("broken")).On("eth_getTransactionByHash", _ => known);
        using var sender = new TransactionSender(node.Node, _key);
        SignedTransaction transaction = await sender.PrepareAsync(Request);

        Exception? failure = await Record.ExceptionAsync(() => sender.BroadcastAsync(transaction));

        Assert.Equal(arrived, failure is null);
        Assert.Single(node.Calls, static call => call is "eth_sendRawTransaction");
        Assert.Equal(8UL, (await sender.PrepareAsync(Request)).Transaction.Nonce);
    }

    [Fact]
    public async Task Wait_ForWhatIsNotMined_EndsWithTheHash()
    {
        using var sender = new TransactionSender(new ScriptedNode().Node, _key, Fast);

        TransactionException failure = await Assert.ThrowsAsync<TransactionException>(() => sender.WaitAsync(Keccak256.Empty));

        Assert.Equal(Keccak256.Empty, failure.TransactionHash);
    }

    /// <summary>Whether a transaction is mined does not depend on whether its node can be asked now.</summary>
    [Fact]
    public async Task Wait_WhileTheNodeIsAway_GoesOn()
    {
        int looks = 0;
        ScriptedNode node = new ScriptedNode().On("eth_getTransactionReceipt", hash => ++looks < 4 ? throw new RpcTransportException("busy") : Receipt(hash));
        using var sender = new TransactionSender(node.Node, _key, Fast with { ReceiptTimeout = TimeSpan.FromSeconds(30) });

        TransactionReceipt receipt = await sender.WaitAsync(Keccak256.Empty);

        Assert.Equal((16UL, 4), (receipt.BlockNumber, looks));
    }

    [Fact]
    public async Task Wait_ForANodeThatStaysAway_EndsWithTheHashAndWhatItLastSaid()
    {
        using var sender = new TransactionSender(new ScriptedNode().On("eth_getTransactionReceipt", static _ => throw new RpcTransportException("gone")).Node, _key, Fast with { ReceiptTimeout = TimeSpan.Zero });

        TransactionException failure = await Assert.ThrowsAsync<TransactionException>(() => sender.WaitAsync(Keccak256.Empty));

        Assert.Equal((Keccak256.Empty, "gone"), (failure.TransactionHash, failure.InnerException!.Message));
    }

    [Fact]
    public async Task Wait_AtANodeThatWillNeverAnswer_EndsAtOnce()
    {
        using var sender = new TransactionSender(new ScriptedNode().On("eth_getTransactionReceipt", static _ => throw new RpcTransportException("forbidden", isTransient: false)).Node, _key);

        Assert.Equal("forbidden", (await Assert.ThrowsAsync<RpcTransportException>(() => sender.WaitAsync(Keccak256.Empty))).Message);
    }

    /// <summary>The same bytes, until the node has them.</summary>
    [Fact]
    public async Task Send_ThroughABusyNode_HandsTheSameBytesOverAgain()
    {
        var sent = new List<string>();
        ScriptedNode node = new ScriptedNode().On("eth_getTransactionReceipt", Receipt).On("eth_sendRawTransaction", raw =>
        {
            sent.Add(raw);
            return sent.Count < 3 ? throw new RpcTransportException("busy") : $"\"{Keccak256.Hash(HexData.Decode(raw))}\"";
        });
        using var sender = new TransactionSender(node.Node, _key, Fast with { ReceiptTimeout = TimeSpan.FromSeconds(30) });

        TransactionReceipt receipt = await sender.SendAsync(Request);

        Assert.Equal((16UL, 3), (receipt.BlockNumber, sent.Count));
        Assert.Single(sent.Distinct());
    }

    /// <summary>Where a contract is follows from who creates it: a node that says otherwise would have all that comes next sent to somebody else.</summary>
    [Fact]
    public async Task Send_OfACreation_BelievesNoOtherAddressThanItsOwn()
    {
        Address created = ContractAddress.Create(_key.Address, 7);
        string named = $"\"{created}\"";
        ScriptedNode node = new ScriptedNode()
            .On("eth_sendRawTransaction", static _ => $"\"{Keccak256.Empty}\"")
            .On("eth_getTransactionReceipt", hash => Receipt(hash).Replace("\"contractAddress\":null", $"\"contractAddress\":{named}", StringComparison.Ordinal));
        async Task<Address?> CreateAsync()
        {
            using var sender = new TransactionSender(node.Node, _key, Fast with { ReceiptTimeout = TimeSpan.FromSeconds(30) });
            return (await sender.SendAsync(new TransactionRequest(null, new byte[] { 1 }))).ContractAddress;
        }

        Assert.Equal(created, await CreateAsync());
        foreach (string other in (string[])[$"\"{Address.Zero}\"", "null"])
        {
            named = other;
            Assert.Contains($"and the transaction creates {created}: the node is wrong or lies; use another.", (await Assert.ThrowsAsync<TransactionException>(CreateAsync)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Wait_ForConfirmations_WaitsForTheBlocks()
    {
        int looks = 0;
        ScriptedNode node = new ScriptedNode().On("eth_getTransactionReceipt", Receipt).On("eth_blockNumber", _ => ++looks < 3 ? "\"0x10\"" : "\"0x11\"");
        using var sender = new TransactionSender(node.Node, _key, Fast with { Confirmations = 2, ReceiptTimeout = TimeSpan.FromSeconds(30) });

        TransactionReceipt receipt = await sender.WaitAsync(Keccak256.Empty);

        Assert.Equal(16UL, receipt.BlockNumber);
        Assert.Equal(3, looks);
    }

    [Fact]
    public async Task Bump_OfAWaitingTransaction_OffersAnEighthMoreForTheSame()
    {
        using var sender = new TransactionSender(new ScriptedNode().Node, _key);
        SignedTransaction old = await sender.PrepareAsync(Request);

        SignedTransaction bumped = await sender.BumpAsync(old);

        var before = (FeeMarketTransaction)old.Transaction;
        var after = (FeeMarketTransaction)bumped.Transaction;
        Assert.True(after.MaxFeePerGasWei * 8U >= before.MaxFeePerGasWei * 9U);
        Assert.True(after.MaxPriorityFeePerGasWei * 8U >= before.MaxPriorityFeePerGasWei * 9U);
        Assert.Equal(before with { MaxFeePerGasWei = after.MaxFeePerGasWei, MaxPriorityFeePerGasWei = after.MaxPriorityFeePerGasWei }, after);
        Assert.NotEqual(old.Hash, bumped.Hash);
    }

    private static string Receipt(string hash) =>
        $$"""{"transactionHash":"{{hash}}","blockNumber":"0x10","blockHash":"{{Hash32.Zero}}","from":"{{Address.Zero}}","to":null,"contractAddress":null,"gasUsed":"0x5208","effectiveGasPrice":"0x1","status":"0x1","logs":[]}""";
}
