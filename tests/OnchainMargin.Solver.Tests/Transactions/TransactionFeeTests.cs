using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Transactions;

/// <summary>What is offered for gas by what waits: when it is raised and when not, and when its nonce is given back.</summary>
public sealed class TransactionFeeTests : TransactionWorld
{
    [Fact]
    public async Task RunOnce_BlocksComeWithoutTheNextNonce_RaisesItAlone()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        await manager.SubmitAsync(Intent("b"), CancellationToken.None);
        await manager.RunOnceAsync(CancellationToken.None);
        Node.MineEmpty();
        Time.Pass(Options.RaiseFeeAfterSeconds);
        await manager.RunOnceAsync(CancellationToken.None);

        FeeMarketTransaction[] sent = [.. Node.Broadcasts.Select(static one => (FeeMarketTransaction)one.Transaction).Where(static one => one.Nonce == 0).DistinctBy(static one => one.MaxFeePerGasWei)];
        Assert.Equal(2, sent.Length);
        Assert.True(sent[1].MaxFeePerGasWei * 100U >= sent[0].MaxFeePerGasWei * 115U);
        Assert.True(sent[1].MaxPriorityFeePerGasWei * 100U >= sent[0].MaxPriorityFeePerGasWei * 115U);
        Assert.Single(Store.AttemptsOf("b"));
        Node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(2, Node.Mined.Count);
        Assert.Equal((OutboxState.Mined, OutboxState.Mined), (Store.FindInOutbox("a")!.State, Store.FindInOutbox("b")!.State));
    }

    [Fact]
    public async Task RunOnce_NoBlockComes_RaisesNothingAndAsksForFeesOnceARound()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        await manager.SubmitAsync(Intent("b"), CancellationToken.None);
        await manager.SubmitAsync(Intent("c") with { MostFeePerGasWei = 10_500_000_000UL }, CancellationToken.None);
        int asked = Node.FeesAsked;
        for (int i = 0; i < 20; i++)
        {
            Time.Pass(Options.RaiseFeeAfterSeconds);
            await manager.RunOnceAsync(CancellationToken.None);
        }

        Assert.Equal(3, Node.Broadcasts.Select(static sent => sent.Hash).Distinct().Count());
        Assert.Equal(20, Node.FeesAsked - asked);
    }

    /// <summary>What no price of gas brings in is not made dearer for ever: the node refuses it, or its nonce waits for something else. Its tip is raised to four times what is asked, and by what pools ask for while there is room for a higher base fee to be offered.</summary>
    [Fact]
    public async Task RunOnce_BlocksComeWithoutItForLong_TipStaysAtSomeTimesWhatIsAsked()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        await PassOverAsync(manager, 60);
        OutboxAttempt last = Store.AttemptsOf("a")[^1];
        Assert.Equal(500_000_000_000UL, (ulong)last.MaxFeePerGasWei);
        Assert.True(last.TipPerGasWei >= 4_000_000_000UL && last.TipPerGasWei < 7_000_000_000UL, $"The tip is {last.TipPerGasWei} wei.");
    }

    /// <summary>A node tells a base fee of 1 gwei while blocks ask for 50; ten raises ended at 8.5.</summary>
    [Fact]
    public async Task RunOnce_BaseFeeIsToldTooLow_OffersMoreUntilItGetsIn()
    {
        Node.Asked = new GasOffer(2_100_000_000UL, 100_000_000UL);
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        await PassOverAsync(manager, 40, 50_000_000_000UL);
        Assert.Single(Node.Mined);
        OutboxAttempt last = Store.AttemptsOf("a")[^1];
        Assert.True(last.MaxFeePerGasWei >= 50_000_000_000UL && last.MaxFeePerGasWei < 100_000_000_000UL, $"It offers {last.MaxFeePerGasWei} wei.");
        Assert.True(last.TipPerGasWei < 1_000_000_000UL, $"The tip is {last.TipPerGasWei} wei.");
    }

    /// <summary>Nodes take no offer that the sender could not pay for, and would have nothing of it once they forgot the one before.</summary>
    [Fact]
    public async Task RunOnce_BaseFeeIsToldTooLow_OffersNoMoreThanTheSenderHas()
    {
        Node.Asked = new GasOffer(2_100_000_000UL, 100_000_000UL);
        Node.Balance = 1_100_000 * (UInt256)20_000_000_000UL;
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        await PassOverAsync(manager, 40);
        Assert.Equal(20_000_000_000UL, (ulong)Store.AttemptsOf("a")[^1].MaxFeePerGasWei);
    }

    [Fact]
    public async Task RunOnce_MarketAsksMore_RaisesEveryNonceToThatAtOnce()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        await manager.SubmitAsync(Intent("b"), CancellationToken.None);
        Node.Asked = new GasOffer(20_000_000_000UL, 3_000_000_000UL);
        Time.Pass(Options.RaiseFeeAfterSeconds);
        await manager.RunOnceAsync(CancellationToken.None);
        foreach (string intent in (string[])["a", "b"])
        {
            OutboxAttempt newest = Store.AttemptsOf(intent)[^1];
            Assert.Equal(Node.Asked, new GasOffer(newest.MaxFeePerGasWei, newest.TipPerGasWei));
        }

        // A little more is raised by what pools ask for, and that is enough for the next little.
        Node.Asked = new GasOffer(20_100_000_000UL, 3_000_000_000UL);
        for (int i = 0; i < 3; i++)
        {
            Time.Pass(Options.RaiseFeeAfterSeconds);
            await manager.RunOnceAsync(CancellationToken.None);
        }

        OutboxAttempt raised = Store.AttemptsOf("b")[^1];
        Assert.Equal((3, (UInt256)22_000_000_001UL), (Store.AttemptsOf("b").Count, raised.MaxFeePerGasWei));
    }

    [Fact]
    public async Task RunOnce_FeeAtItsCap_NeverOffersMore()
    {
        using TransactionManager manager = Manager(Options with { MaxFeePerGasGwei = 12 });
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        Node.Asked = new GasOffer(80_000_000_000UL, 2_000_000_000UL);
        for (int i = 0; i < 10; i++)
        {
            Time.Pass(Options.RaiseFeeAfterSeconds);
            await manager.RunOnceAsync(CancellationToken.None);
        }

        Assert.Equal(2, Store.AttemptsOf("a").Count);
        Assert.All(Node.Broadcasts, static sent => Assert.True(((FeeMarketTransaction)sent.Transaction).MaxFeePerGasWei <= 12_000_000_000UL));
    }

    [Fact]
    public async Task RunOnce_WorthOnlySoMuch_NeverOffersMoreAndKeepsWaitingAlone()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("bid") with { MostFeePerGasWei = 12_000_000_000UL }, CancellationToken.None);
        Node.Asked = new GasOffer(80_000_000_000UL, 2_000_000_000UL);
        for (int i = 0; i < 20; i++)
        {
            Time.Pass(Options.RaiseFeeAfterSeconds);
            await manager.RunOnceAsync(CancellationToken.None);
        }

        Assert.Equal(2, Store.AttemptsOf("bid").Count);
        Assert.All(Node.Broadcasts, static sent => Assert.True(((FeeMarketTransaction)sent.Transaction).MaxFeePerGasWei <= 12_000_000_000UL));
        Assert.All(Node.Broadcasts, static sent => Assert.False(sent.Transaction.Data.IsEmpty));
        Assert.Equal(OutboxState.Live, Store.FindInOutbox("bid")!.State);
    }

    /// <summary>A private relay that drops what would be reverted never says so: what no fee brings in, short of its worth, must not hold up the others for ever either.</summary>
    [Fact]
    public async Task RunOnce_NoFeeBringsItInAndOthersWait_GivesItsNonceBack()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("bid") with { MostFeePerGasWei = 400_000_000_000UL }, CancellationToken.None);
        await manager.SubmitAsync(Intent("start"), CancellationToken.None);
        for (int i = 0; i < 40; i++)
        {
            await manager.RunOnceAsync(CancellationToken.None);
            Node.MineEmpty();
            Time.Pass(Options.RaiseFeeAfterSeconds);
        }

        Assert.True(Store.AttemptsOf("bid")[^1].IsEmpty);
        Assert.Single(Store.AttemptsOf("start"));
    }

    [Fact]
    public async Task RunOnce_WorthLessThanGasAsksAndOthersWait_GivesItsNonceBackAndTheyGoOn()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("bid") with { MostFeePerGasWei = 12_000_000_000UL }, CancellationToken.None);
        await manager.SubmitAsync(Intent("start"), CancellationToken.None);
        Node.Asked = new GasOffer(80_000_000_000UL, 2_000_000_000UL);
        for (int i = 0; i < 10; i++)
        {
            Time.Pass(Options.RaiseFeeAfterSeconds);
            await manager.RunOnceAsync(CancellationToken.None);
            Node.Mine(80_000_000_000UL);
        }

        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Withdrawn, Store.FindInOutbox("bid")!.State);
        Assert.Contains(Store.FindInOutbox("start")!.State, new[] { OutboxState.Mined, OutboxState.Final });
        Assert.True(Node.Mined[0].Transaction.Data.IsEmpty);
        Assert.Equal(Key.Address, Node.Mined[0].Transaction.To);
        Assert.Equal(21_000UL, Node.Mined[0].Transaction.GasLimit);

        // It may be tried again later, under a nonce of its own.
        Assert.False(manager.IsUnderWay("bid"));
        Assert.Equal(("bid (try 2)", 2UL), ((await manager.SubmitAsync(Intent("bid"), CancellationToken.None)).Intent, Store.FindInOutbox("bid (try 2)")!.Nonce));
    }

    [Fact]
    public async Task RunOnce_ChainTurnsAndWhatWasGivenBackGetsIn_IsWrittenDownAsMined()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("bid") with { MostFeePerGasWei = 12_000_000_000UL }, CancellationToken.None);
        SignedTransaction bid = Assert.Single(Node.Broadcasts);
        Assert.True(await manager.GiveBackAsync("bid", CancellationToken.None));
        Assert.False(await manager.GiveBackAsync("bid", CancellationToken.None));
        Node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Withdrawn, Store.FindInOutbox("bid")!.State);

        Node.TakeBack(1);
        Node.UseNonceElsewhere(bid);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Mined, Store.FindInOutbox("bid")!.State);
        Assert.True(manager.IsUnderWay("bid"));
    }

    [Fact]
    public async Task RaiseWorth_WaitsAtItsWorth_IsRaisedToThatAndNeverDown()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("start") with { MostFeePerGasWei = 12_000_000_000UL }, CancellationToken.None);
        Assert.Null(manager.Frozen("start"));
        await AskMoreAsync(manager);
        Assert.Equal("start", manager.Frozen("start")?.Intent);

        // It is worth a look at most each raiseFeeAfterSeconds.
        Assert.Null(manager.Frozen("start"));
        Time.Pass(Options.RaiseFeeAfterSeconds);
        Assert.NotNull(manager.Frozen("start"));

        Assert.False(manager.RaiseWorth("start", 11_000_000_000UL));
        Assert.False(manager.RaiseWorth("nothing", 11_000_000_000UL));
        Assert.True(manager.RaiseWorth("start", 30_000_000_000UL));
        Assert.Equal((UInt256)30_000_000_000UL, Store.FindInOutbox("start")!.MostFeePerGasWei);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal([10_000_000_000UL, 12_000_000_000UL, 30_000_000_000UL], Store.AttemptsOf("start").Select(static form => (ulong)form.MaxFeePerGasWei));

        // Also after a restart all its forms are its own.
        using TransactionManager second = Manager();
        Node.Mine();
        await second.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Mined, Store.FindInOutbox("start")!.State);
        Assert.False(second.RaiseWorth("start", 40_000_000_000UL));
    }

    [Fact]
    public async Task GiveBack_IsMinedBeforeAllTheSame_IsDoneOnce()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("bid") with { MostFeePerGasWei = 12_000_000_000UL }, CancellationToken.None);
        SignedTransaction first = Node.Broadcasts[0];
        await AskMoreAsync(manager);
        await manager.GiveBackAsync("bid", CancellationToken.None);
        await manager.GiveBackAsync("bid", CancellationToken.None);
        Assert.True(Node.Broadcasts[^1].Transaction.Data.IsEmpty);
        Assert.Single(Store.AttemptsOf("bid"), static form => form.IsEmpty);
        Assert.True(manager.IsUnderWay("bid"));
        Assert.Null(manager.Frozen("bid"));

        Node.ForgetPool();
        Node.UseNonceElsewhere(first);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal((OutboxState.Mined, true), (Store.FindInOutbox("bid")!.State, manager.IsUnderWay("bid")));
        await manager.GiveBackAsync("bid", CancellationToken.None);
        Assert.Single(Store.AttemptsOf("bid"), static form => form.IsEmpty);
    }

    [Fact]
    public async Task RunOnce_FirstAttemptMinedAfterARaise_IsFoundByItsOwnHash()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        SignedTransaction first = Node.Broadcasts[0];
        Node.Asked = new GasOffer(20_000_000_000UL, 2_000_000_000UL);
        Time.Pass(Options.RaiseFeeAfterSeconds);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(2, Store.AttemptsOf("a").Count);
        Node.ForgetPool();
        Node.UseNonceElsewhere(first);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Mined, Store.FindInOutbox("a")!.State);
    }

    /// <summary>Has blocks come that take nothing below a price.</summary>
    private async Task PassOverAsync(TransactionManager manager, int times, ulong? leastFeeWei = null)
    {
        for (int i = 0; i < times; i++)
        {
            await manager.RunOnceAsync(CancellationToken.None);
            Node.Mine(leastFeeWei ?? UInt256.MaxValue);
            Time.Pass(Options.RaiseFeeAfterSeconds);
        }
    }

    /// <summary>Gas comes to ask more than anything waiting is worth.</summary>
    private async Task AskMoreAsync(TransactionManager manager)
    {
        Node.Asked = new GasOffer(80_000_000_000UL, 2_000_000_000UL);
        for (int i = 0; i < 2; i++)
        {
            Time.Pass(Options.RaiseFeeAfterSeconds);
            await manager.RunOnceAsync(CancellationToken.None);
        }
    }
}
