using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Transactions;

/// <summary>Nodes take nothing that may cost more than their own cap, 1 ether unless told otherwise: what is large goes out below it, and what cannot holds nothing up.</summary>
public sealed class TransactionCostTests : TransactionWorld
{
    private const ulong Gwei = 1_000_000_000;
    private static readonly UInt256 Ether = 1_000_000_000_000_000_000UL;

    public TransactionCostTests()
    {
        Node.Balance = Ether * 20U;
        CapAt(Ether);
    }

    /// <summary>All of its margin at twice the base fee comes to 2 ether.</summary>
    [Fact]
    public async Task Submit_DeleverageAtABaseFeeOfSixtyGwei_GoesOutUnderTheNodesCap()
    {
        (Node.Gas, Node.GasWhenMined, Node.Asked) = (12_700_000, 13_500_000, Fees(60));
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("deleverage"), CancellationToken.None);
        Node.Mine(68 * Gwei);
        await manager.RunOnceAsync(CancellationToken.None);
        var sent = (FeeMarketTransaction)Assert.Single(Node.Mined).Transaction;
        Assert.Equal((13_700_000UL, Ether / 13_700_000U, (UInt256)Gwei), (sent.GasLimit, sent.MaxFeePerGasWei, sent.MaxPriorityFeePerGasWei));
        Assert.Equal(OutboxState.Mined, Store.FindInOutbox("deleverage")!.State);
    }

    /// <summary>Room goes before fees: as much of it is left as lets the base fee double.</summary>
    [Fact]
    public async Task Submit_RoomAloneIsTooMuch_OffersTheWholeFee()
    {
        (Node.Gas, Node.Asked) = (2_000_000, Fees(190));
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        var sent = (FeeMarketTransaction)Assert.Single(Node.Broadcasts).Transaction;
        Assert.Equal(((ulong)(Ether / Fees(190).MaxFeePerGasWei), Fees(190).MaxFeePerGasWei), (sent.GasLimit, sent.MaxFeePerGasWei));
    }

    [Fact]
    public async Task Submit_CostsMoreAtWhatBlocksAskNow_IsNotStoredAndHoldsNothingUp()
    {
        (Node.Gas, Node.Asked) = (12_700_000, Fees(75));
        using TransactionManager manager = Manager();
        TransactionTooLargeException error = await Assert.ThrowsAsync<TransactionTooLargeException>(() => manager.SubmitAsync(Intent("deleverage"), CancellationToken.None));
        Assert.Equal(
            "The transaction needs 13700000 gas at 76.000 gwei, more than the 1 ETH of transactions:maxCostEther; do it in smaller parts, wait for cheaper gas, or raise that where the nodes take more (--rpc.txfeecap 0).",
            error.Message);
        Node.Gas = 500_000;
        await manager.SubmitAsync(Intent("start"), CancellationToken.None);
        Node.Mine();
        Assert.Single(Node.Mined);
    }

    [Fact]
    public async Task RunOnce_NodesCapIsLower_RaisesNothingSaysSoAndIsMinedOnceTheCapIsLifted()
    {
        (Node.Gas, Node.Asked) = (12_700_000, Fees(60));
        var lines = new LogLines<TransactionManager>();
        using TransactionManager manager = Manager(Options with { MaxCostEther = 3 }, logger: lines);
        await manager.SubmitAsync(Intent("deleverage"), CancellationToken.None);
        Node.Asked = Fees(80);
        await RoundsAsync(manager, 2 * Options.WithdrawAfterSeconds);
        Assert.Single(Store.AttemptsOf("deleverage"));
        Assert.Empty(Node.Mined);
        Assert.Contains(lines.Said, static line => line.Contains("start the node with --rpc.txfeecap 0", StringComparison.Ordinal));

        Node.BeforeBroadcast = null;
        await RoundsAsync(manager, 24);
        Assert.Equal(OutboxState.Mined, Store.FindInOutbox("deleverage")!.State);
    }

    [Fact]
    public async Task RunOnce_NodesCapIsLowerAndOthersWait_GivesItsNonceBack()
    {
        (Node.Gas, Node.Asked) = (12_700_000, Fees(60));
        using TransactionManager manager = Manager(Options with { MaxCostEther = 3 });
        await manager.SubmitAsync(Intent("deleverage"), CancellationToken.None);
        Node.Gas = 500_000;
        await manager.SubmitAsync(Intent("start"), CancellationToken.None);
        await RoundsAsync(manager, Options.WithdrawAfterSeconds + 24);
        Assert.Equal((OutboxState.Withdrawn, OutboxState.Mined), (Store.FindInOutbox("deleverage")!.State, Store.FindInOutbox("start")!.State));
        Assert.StartsWith("the node refuses it for what it may cost, so its nonce is given back: tx fee", Store.FindInOutbox("deleverage")!.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunOnce_NodesCapIsLowerAndGasBecomesCheaper_OffersLessAndIsMined()
    {
        (Node.Gas, Node.Asked) = (12_700_000, Fees(60));
        using TransactionManager manager = Manager(Options with { MaxCostEther = 3 });
        await manager.SubmitAsync(Intent("deleverage"), CancellationToken.None);
        Node.Asked = Fees(25);
        await RoundsAsync(manager, Options.RaiseFeeAfterSeconds + 24);
        var mined = (FeeMarketTransaction)Assert.Single(Node.Mined).Transaction;
        Assert.Equal((false, Fees(25).MaxFeePerGasWei), (mined.Data.IsEmpty, mined.MaxFeePerGasWei));
    }

    [Fact]
    public async Task RunOnce_GasBecomesTooDearForItsCostAndOthersWait_OffersNoMoreAndGivesItsNonceBack()
    {
        (Node.Gas, Node.Asked) = (12_700_000, Fees(60));
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("deleverage"), CancellationToken.None);
        Node.Gas = 500_000;
        await manager.SubmitAsync(Intent("start"), CancellationToken.None);
        Node.Asked = Fees(120);
        for (int i = 0; i < 10; i++)
        {
            Time.Pass(Options.RaiseFeeAfterSeconds);
            await manager.RunOnceAsync(CancellationToken.None);
            Node.Mine(Fees(120).ExpectedPerGasWei);
        }

        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Withdrawn, Store.FindInOutbox("deleverage")!.State);
        Assert.Equal(2, Node.Mined.Count);
        Assert.All(Node.Broadcasts, sent => Assert.True(CostOf(sent) <= Ether));
    }

    private static GasOffer Fees(ulong baseFeeGwei) => new(((2 * baseFeeGwei) + 1) * Gwei, Gwei);

    private static UInt256 CostOf(SignedTransaction sent) => ((FeeMarketTransaction)sent.Transaction).MaxFeePerGasWei * sent.Transaction.GasLimit;

    private void CapAt(UInt256 wei) => Node.BeforeBroadcast = transaction =>
    {
        if (CostOf(transaction) > wei)
        {
            throw new RpcErrorException("eth_sendRawTransaction", new RpcError(-32000, "tx fee (1.66 ether) exceeds the configured cap (1.00 ether)", null));
        }
    };

    private async Task RoundsAsync(TransactionManager manager, int seconds)
    {
        for (int passed = 0; passed < seconds; passed += Options.BroadcastAgainAfterSeconds)
        {
            Time.Pass(Options.BroadcastAgainAfterSeconds);
            await manager.RunOnceAsync(CancellationToken.None);
            Node.Mine();
        }

        await manager.RunOnceAsync(CancellationToken.None);
    }
}
