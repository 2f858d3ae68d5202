using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Transactions;

/// <summary>What is offered for gas by what waits: when it is raised and when not, and when its nonce is given back.</summary>
public sealed class TransactionFeeTests : IDisposable
{
    private static readonly Address Target = Address.Parse("0x00000000000000000000000000000000000000bb");

    private readonly PrivateKey _key = PrivateKey.Parse("0x" + new string('1', 64), "a test");
    private readonly SolverStore _store = TestStore.Open(31337, Target);
    private readonly FakeTransactionNode _node = new();
    private readonly FakeTime _time = new();
    private readonly TransactionOptions _options = new() { SettledAfterBlocks = 5 };

    public void Dispose()
    {
        _store.Dispose();
        _key.Dispose();
    }

    [Fact]
    public async Task RunOnce_BlocksComeWithoutTheNextNonce_RaisesItAlone()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        await manager.SubmitAsync(Intent("b"), CancellationToken.None);
        await manager.RunOnceAsync(CancellationToken.None);
        _node.MineEmpty();
        _time.Pass(_options.RaiseFeeAfterSeconds);
        await manager.RunOnceAsync(CancellationToken.None);

        FeeMarketTransaction[] sent = [.. _node.Broadcasts.Select(static one => (FeeMarketTransaction)one.Transaction).Where(static one => one.Nonce == 0).DistinctBy(static one => one.MaxFeePerGasWei)];
        Assert.Equal(2, sent.Length);
        Assert.True(sent[1].MaxFeePerGasWei * 100U >= sent[0].MaxFeePerGasWei * 115U);
        Assert.True(sent[1].MaxPriorityFeePerGasWei * 100U >= sent[0].MaxPriorityFeePerGasWei * 115U);
        Assert.Single(_store.AttemptsOf("b"));
        _node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(2, _node.Mined.Count);
        Assert.Equal((OutboxState.Mined, OutboxState.Mined), (_store.FindInOutbox("a")!.State, _store.FindInOutbox("b")!.State));
    }

    [Fact]
    public async Task RunOnce_NoBlockComes_RaisesNothingAndAsksForFeesOnceARound()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        await manager.SubmitAsync(Intent("b"), CancellationToken.None);
        await manager.SubmitAsync(Intent("c") with { MostFeePerGasWei = 10_500_000_000UL }, CancellationToken.None);
        int asked = _node.FeesAsked;
        for (int i = 0; i < 20; i++)
        {
            _time.Pass(_options.RaiseFeeAfterSeconds);
            await manager.RunOnceAsync(CancellationToken.None);
        }

        Assert.Equal(3, _node.Broadcasts.Select(static sent => sent.Hash).Distinct().Count());
        Assert.Equal(20, _node.FeesAsked - asked);
    }

    /// <summary>What no price of gas brings in is not made dearer for ever: the node refuses it, or its nonce waits for something else.</summary>
    [Fact]
    public async Task RunOnce_BlocksComeWithoutItForLong_StopsAtFourTimesTheTipThatIsAsked()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        for (int i = 0; i < 60; i++)
        {
            await manager.RunOnceAsync(CancellationToken.None);
            _node.MineEmpty();
            _time.Pass(_options.RaiseFeeAfterSeconds);
        }

        UInt256 last = _store.AttemptsOf("a")[^1].TipPerGasWei;
        Assert.True(last >= 4_000_000_000UL && last < 4_700_000_000UL, $"The tip is {last} wei.");
    }

    [Fact]
    public async Task RunOnce_MarketAsksMore_RaisesEveryNonceToThatAtOnce()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        await manager.SubmitAsync(Intent("b"), CancellationToken.None);
        _node.Asked = new GasOffer(20_000_000_000UL, 3_000_000_000UL);
        _time.Pass(_options.RaiseFeeAfterSeconds);
        await manager.RunOnceAsync(CancellationToken.None);
        foreach (string intent in (string[])["a", "b"])
        {
            OutboxAttempt newest = _store.AttemptsOf(intent)[^1];
            Assert.Equal(_node.Asked, new GasOffer(newest.MaxFeePerGasWei, newest.TipPerGasWei));
        }

        // A little more is raised by what pools ask for, and that is enough for the next little.
        _node.Asked = new GasOffer(20_100_000_000UL, 3_000_000_000UL);
        for (int i = 0; i < 3; i++)
        {
            _time.Pass(_options.RaiseFeeAfterSeconds);
            await manager.RunOnceAsync(CancellationToken.None);
        }

        OutboxAttempt raised = _store.AttemptsOf("b")[^1];
        Assert.Equal((3, (UInt256)22_000_000_001UL), (_store.AttemptsOf("b").Count, raised.MaxFeePerGasWei));
    }

    [Fact]
    public async Task RunOnce_FeeAtItsCap_NeverOffersMore()
    {
        using TransactionManager manager = Manager(_options with { MaxFeePerGasGwei = 12 });
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        _node.Asked = new GasOffer(80_000_000_000UL, 2_000_000_000UL);
        for (int i = 0; i < 10; i++)
        {
            _time.Pass(_options.RaiseFeeAfterSeconds);
            await manager.RunOnceAsync(CancellationToken.None);
        }

        Assert.Equal(2, _store.AttemptsOf("a").Count);
        Assert.All(_node.Broadcasts, static sent => Assert.True(((FeeMarketTransaction)sent.Transaction).MaxFeePerGasWei <= 12_000_000_000UL));
    }

    [Fact]
    public async Task RunOnce_WorthOnlySoMuch_NeverOffersMoreAndKeepsWaitingAlone()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("bid") with { MostFeePerGasWei = 12_000_000_000UL }, CancellationToken.None);
        _node.Asked = new GasOffer(80_000_000_000UL, 2_000_000_000UL);
        for (int i = 0; i < 20; i++)
        {
            _time.Pass(_options.RaiseFeeAfterSeconds);
            await manager.RunOnceAsync(CancellationToken.None);
        }

        Assert.Equal(2, _store.AttemptsOf("bid").Count);
        Assert.All(_node.Broadcasts, static sent => Assert.True(((FeeMarketTransaction)sent.Transaction).MaxFeePerGasWei <= 12_000_000_000UL));
        Assert.All(_node.Broadcasts, static sent => Assert.False(sent.Transaction.Data.IsEmpty));
        Assert.Equal(OutboxState.Live, _store.FindInOutbox("bid")!.State);
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
            _node.MineEmpty();
            _time.Pass(_options.RaiseFeeAfterSeconds);
        }

        Assert.True(_store.AttemptsOf("bid")[^1].IsEmpty);
        Assert.Single(_store.AttemptsOf("start"));
    }

    [Fact]
    public async Task RunOnce_WorthLessThanGasAsksAndOthersWait_GivesItsNonceBackAndTheyGoOn()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("bid") with { MostFeePerGasWei = 12_000_000_000UL }, CancellationToken.None);
        await manager.SubmitAsync(Intent("start"), CancellationToken.None);
        _node.Asked = new GasOffer(80_000_000_000UL, 2_000_000_000UL);
        for (int i = 0; i < 10; i++)
        {
            _time.Pass(_options.RaiseFeeAfterSeconds);
            await manager.RunOnceAsync(CancellationToken.None);
            _node.Mine(80_000_000_000UL);
        }

        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Withdrawn, _store.FindInOutbox("bid")!.State);
        Assert.Contains(_store.FindInOutbox("start")!.State, new[] { OutboxState.Mined, OutboxState.Final });
        Assert.True(_node.Mined[0].Transaction.Data.IsEmpty);
        Assert.Equal(_key.Address, _node.Mined[0].Transaction.To);
        Assert.Equal(21_000UL, _node.Mined[0].Transaction.GasLimit);

        // It may be tried again later, under a nonce of its own.
        Assert.False(manager.IsUnderWay("bid"));
        Assert.Equal(("bid (try 2)", 2UL), ((await manager.SubmitAsync(Intent("bid"), CancellationToken.None)).Intent, _store.FindInOutbox("bid (try 2)")!.Nonce));
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
        _time.Pass(_options.RaiseFeeAfterSeconds);
        Assert.NotNull(manager.Frozen("start"));

        Assert.False(manager.RaiseWorth("start", 11_000_000_000UL));
        Assert.False(manager.RaiseWorth("nothing", 11_000_000_000UL));
        Assert.True(manager.RaiseWorth("start", 30_000_000_000UL));
        Assert.Equal((UInt256)30_000_000_000UL, _store.FindInOutbox("start")!.MostFeePerGasWei);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal([10_000_000_000UL, 12_000_000_000UL, 30_000_000_000UL], _store.AttemptsOf("start").Select(static form => (ulong)form.MaxFeePerGasWei));

        // Also after a restart all its forms are its own.
        using TransactionManager second = Manager();
        _node.Mine();
        await second.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Mined, _store.FindInOutbox("start")!.State);
        Assert.False(second.RaiseWorth("start", 40_000_000_000UL));
    }

    [Fact]
    public async Task GiveBack_IsMinedBeforeAllTheSame_IsDoneOnce()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("bid") with { MostFeePerGasWei = 12_000_000_000UL }, CancellationToken.None);
        SignedTransaction first = _node.Broadcasts[0];
        await AskMoreAsync(manager);
        await manager.GiveBackAsync("bid", CancellationToken.None);
        await manager.GiveBackAsync("bid", CancellationToken.None);
        Assert.True(_node.Broadcasts[^1].Transaction.Data.IsEmpty);
        Assert.Single(_store.AttemptsOf("bid"), static form => form.IsEmpty);
        Assert.True(manager.IsUnderWay("bid"));
        Assert.Null(manager.Frozen("bid"));

        _node.ForgetPool();
        _node.UseNonceElsewhere(first);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal((OutboxState.Mined, true), (_store.FindInOutbox("bid")!.State, manager.IsUnderWay("bid")));
        await manager.GiveBackAsync("bid", CancellationToken.None);
        Assert.Single(_store.AttemptsOf("bid"), static form => form.IsEmpty);
    }

    [Fact]
    public async Task RunOnce_FirstAttemptMinedAfterARaise_IsFoundByItsOwnHash()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        SignedTransaction first = _node.Broadcasts[0];
        _node.Asked = new GasOffer(20_000_000_000UL, 2_000_000_000UL);
        _time.Pass(_options.RaiseFeeAfterSeconds);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(2, _store.AttemptsOf("a").Count);
        _node.ForgetPool();
        _node.UseNonceElsewhere(first);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Mined, _store.FindInOutbox("a")!.State);
    }

    /// <summary>Gas comes to ask more than anything waiting is worth.</summary>
    private async Task AskMoreAsync(TransactionManager manager)
    {
        _node.Asked = new GasOffer(80_000_000_000UL, 2_000_000_000UL);
        for (int i = 0; i < 2; i++)
        {
            _time.Pass(_options.RaiseFeeAfterSeconds);
            await manager.RunOnceAsync(CancellationToken.None);
        }
    }

    private static TransactionIntent Intent(string key) => new(key, Target, System.Text.Encoding.UTF8.GetBytes(key));

    private TransactionManager Manager(TransactionOptions? options = null) => new(_node, new SigningKey(_key, 31337), _store, options ?? _options, _time, NullLogger<TransactionManager>.Instance);
}
