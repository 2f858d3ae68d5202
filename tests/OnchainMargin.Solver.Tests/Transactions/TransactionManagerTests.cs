using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Transactions;

public sealed class TransactionManagerTests : IDisposable
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
    public async Task Submit_SameIntentTwice_SendsOnce()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        Assert.Single(_node.Broadcasts);
        _node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        Assert.Single(_node.Mined);
        Assert.Equal(OutboxState.Mined, _store.FindInOutbox("a")!.State);
    }

    [Fact]
    public async Task Submit_SimulationReverts_StoresNothing()
    {
        _node.RefusesInSimulation = true;
        using TransactionManager manager = Manager();
        await Assert.ThrowsAsync<RevertException>(() => manager.SubmitAsync(Intent("a"), CancellationToken.None));
        Assert.Null(_store.FindInOutbox("a"));
        Assert.Equal(0UL, _store.NonceAfterOutbox(_key.Address));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Submit_ReplyOrRequestLost_IsMinedOnceAllTheSame(bool arrives)
    {
        _node.Losses.Enqueue(arrives);
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        _time.Pass(_options.BroadcastAgainAfterSeconds);
        await manager.RunOnceAsync(CancellationToken.None);
        _node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Single(_node.Mined);
        Assert.Equal(OutboxState.Mined, _store.FindInOutbox("a")!.State);
    }

    [Fact]
    public async Task Submit_AnotherStoresTheIntentMeanwhile_SendsNothingThatIsNotStored()
    {
        using TransactionManager manager = Manager();
        using TransactionManager other = Manager();
        _node.BeforeEstimate = async (_, cancellationToken) =>
        {
            _node.BeforeEstimate = null;
            await other.SubmitAsync(Intent("a"), cancellationToken);
        };
        await Assert.ThrowsAsync<StoreException>(() => manager.SubmitAsync(Intent("a"), CancellationToken.None));
        Assert.Single(_node.Broadcasts);
    }

    [Fact]
    public async Task RunOnce_RestartBeforeTheBroadcastArrived_BroadcastsTheStoredBytes()
    {
        _node.Losses.Enqueue(false);
        using (TransactionManager first = Manager())
        {
            await first.SubmitAsync(Intent("a"), CancellationToken.None);
        }

        using TransactionManager second = Manager();
        await second.RunOnceAsync(CancellationToken.None);
        Assert.Equal(2, _node.Broadcasts.Count);
        Assert.Equal(_node.Broadcasts[0].Hash, _node.Broadcasts[1].Hash);
        _node.Mine();
        await second.SubmitAsync(Intent("a"), CancellationToken.None);
        Assert.Single(_node.Mined);
    }

    [Fact]
    public async Task RunOnce_ForeignTransactionIsTakenBackForGood_FillsItsNonceAndGoesOn()
    {
        using TransactionManager manager = Manager();
        _node.UseNonceElsewhere(Foreign());
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        await manager.SubmitAsync(Intent("b"), CancellationToken.None);
        Assert.Equal([1UL, 2UL], _node.Broadcasts.Select(static sent => sent.Transaction.Nonce));
        _node.TakeBack(1);
        _node.Mine();
        Assert.Empty(_node.Mined);

        // It may come back for a while.
        await manager.RunOnceAsync(CancellationToken.None);
        _time.Pass(_options.DisplacedAfterSeconds - 1);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.DoesNotContain(_node.Broadcasts, static sent => sent.Transaction.Nonce == 0);

        _time.Pass(1);
        await manager.RunOnceAsync(CancellationToken.None);
        _node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal([0UL, 1UL, 2UL], _node.Mined.Select(static mined => mined.Transaction.Nonce));
        Assert.Equal((_key.Address, true), (_node.Mined[0].Transaction.To!.Value, _node.Mined[0].Transaction.Data.IsEmpty));
        Assert.Equal((OutboxState.Mined, OutboxState.Mined), (_store.FindInOutbox("a")!.State, _store.FindInOutbox("b")!.State));
    }

    [Fact]
    public async Task RunOnce_ForeignTransactionComesBackAfterItsNonceWasFilled_NothingIsDoneTwice()
    {
        using TransactionManager manager = Manager();
        SignedTransaction foreign = Foreign();
        _node.UseNonceElsewhere(foreign);
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        _node.TakeBack(1);
        await manager.RunOnceAsync(CancellationToken.None);
        _time.Pass(_options.DisplacedAfterSeconds);
        await manager.RunOnceAsync(CancellationToken.None);
        _node.UseNonceElsewhere(foreign);
        _node.Mine();
        for (int i = 0; i < 3; i++)
        {
            await manager.RunOnceAsync(CancellationToken.None);
            _time.Pass(_options.DisplacedAfterSeconds);
        }

        Assert.Equal([0UL, 1UL], _node.Mined.Select(static mined => mined.Transaction.Nonce));
        Assert.Equal((OutboxState.Displaced, OutboxState.Mined), (_store.FindInOutbox("fill nonce 0")!.State, _store.FindInOutbox("a")!.State));
    }

    [Fact]
    public async Task Submit_Private_GoesToTheRelayAloneForAWhile()
    {
        using TransactionManager manager = Manager(_options with { PrivateForSeconds = 60, RaiseFeeAfterSeconds = 3600 });
        await manager.SubmitAsync(Intent("bid") with { IsPrivate = true }, CancellationToken.None);
        _time.Pass(30);
        await manager.RunOnceAsync(CancellationToken.None);
        _time.Pass(31);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal([true, true, false], _node.Private);
    }

    [Fact]
    public async Task RunOnce_ManyAreStuck_AsksTheNodeAboutNoneThatNoBlockCanHold()
    {
        using TransactionManager manager = Manager();
        for (int i = 0; i < 20; i++)
        {
            await manager.SubmitAsync(Intent($"intent {i}"), CancellationToken.None);
        }

        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(0, _node.ReceiptsAsked);
        _node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(20, _node.ReceiptsAsked);

        // Nothing of them can have changed while the chain has the block in which they were looked at; further blocks change nothing of that.
        await manager.RunOnceAsync(CancellationToken.None);
        _node.MineEmpty();
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(20, _node.ReceiptsAsked);

        // Deep, they are asked about once more and settled for good.
        for (int i = 0; i < _options.SettledAfterBlocks; i++)
        {
            _node.MineEmpty();
        }

        await manager.RunOnceAsync(CancellationToken.None);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(40, _node.ReceiptsAsked);
        Assert.Empty(_store.UnsettledOf(_key.Address));
    }

    [Fact]
    public async Task RunOnce_AnotherBlockOfTheSameNumberRevertsIt_IsFoundReverted()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        SignedTransaction sent = Assert.Single(_node.Mine());
        await manager.RunOnceAsync(CancellationToken.None);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal((OutboxState.Mined, 1UL), (_store.FindInOutbox("a")!.State, _store.FindInOutbox("a")!.BlockNumber));

        _node.TakeBack(1);
        _node.RevertsWhenMined = true;
        _node.UseNonceElsewhere(sent);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal((OutboxState.Reverted, 1UL), (_store.FindInOutbox("a")!.State, _store.FindInOutbox("a")!.BlockNumber));
    }

    /// <summary>The block of the last look is there again, and a block was looked at between: what was seen in that one counts no more.</summary>
    [Fact]
    public async Task RunOnce_ChainGrowsAndIsReplacedBelow_AsksAnew()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        SignedTransaction sent = Assert.Single(_node.Mine());
        await manager.RunOnceAsync(CancellationToken.None);
        _node.MineEmpty();
        await manager.RunOnceAsync(CancellationToken.None);
        _node.TakeBack(2);
        _node.MineEmpty();
        _node.UseNonceElsewhere(sent);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal((OutboxState.Mined, 2UL), (_store.FindInOutbox("a")!.State, _store.FindInOutbox("a")!.BlockNumber));
    }

    /// <summary>No node takes a transaction of more than 2^24 gas (EIP-7825), so the margin ends there.</summary>
    [Theory]
    [InlineData(100_000, 130_000)]
    [InlineData(12_905_550, 16_777_215)]
    [InlineData(12_905_552, 16_777_216)]
    [InlineData(16_777_216, 16_777_216)]
    public async Task Submit_EstimateNearWhatATransactionMayHave_LimitsItsGasToThat(ulong estimate, ulong limit)
    {
        _node.Gas = estimate;
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        Assert.Equal(limit, Assert.Single(_node.Broadcasts).Transaction.GasLimit);
    }

    [Fact]
    public async Task Submit_NeedsMoreGasThanATransactionMayHave_StoresNothing()
    {
        _node.Gas = 16_777_217;
        using TransactionManager manager = Manager();
        TransactionTooLargeException error = await Assert.ThrowsAsync<TransactionTooLargeException>(() => manager.SubmitAsync(Intent("a"), CancellationToken.None));
        Assert.Equal("The transaction needs 16777217 gas, more than the 16777216 of transactions:mostGas; do it in smaller parts, or raise that where the chain takes more.", error.Message);
        Assert.Null(_store.FindInOutbox("a"));
        Assert.Equal(0UL, _store.NonceAfterOutbox(_key.Address));
    }

    [Fact]
    public async Task RunOnce_ChainTakesTheBlockBack_BroadcastsAgainAndIsMinedOnce()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        await manager.SubmitAsync(Intent("b"), CancellationToken.None);
        _node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        _node.TakeBack(1);
        _time.Pass(_options.BroadcastAgainAfterSeconds);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Live, _store.FindInOutbox("a")!.State);
        _node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal([0UL, 1UL], _node.Mined.Select(static mined => mined.Transaction.Nonce).ToArray());
        Assert.Equal(OutboxState.Mined, _store.FindInOutbox("b")!.State);
    }

    [Fact]
    public async Task RunOnce_ChainTakesBackWhatWasSettledForGood_ComesBackAllTheSame()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        for (int i = 0; i < 8; i++)
        {
            _node.Mine();
        }

        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Final, _store.FindInOutbox("a")!.State);
        _node.TakeBack(8);
        _time.Pass(_options.BroadcastAgainAfterSeconds);
        await manager.RunOnceAsync(CancellationToken.None);
        _node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Mined, _store.FindInOutbox("a")!.State);
    }

    [Fact]
    public async Task RunOnce_RevertedOnChain_TellsWhyAndMayBeTriedAnew()
    {
        _node.RevertsWhenMined = true;
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        _node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal((OutboxState.Reverted, "no"), (_store.FindInOutbox("a")!.State, _store.FindInOutbox("a")!.Reason));

        OutboxEntry again = await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        Assert.Equal(("a (try 2)", 1UL), (again.Intent, again.Nonce));
    }

    [Fact]
    public async Task RunOnce_NonceUsedBySomebodyElse_IsDisplacedOnlyAfterAWhile()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        _node.ForgetPool();
        _node.UseNonceElsewhere(Foreign());
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Live, _store.FindInOutbox("a")!.State);
        _time.Pass(_options.DisplacedAfterSeconds);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Displaced, _store.FindInOutbox("a")!.State);
        Assert.Equal(1UL, (await manager.SubmitAsync(Intent("a"), CancellationToken.None)).Nonce);
    }

    [Fact]
    public async Task AnyHistoryOfLossesRestartsBlocksAndReorganisations_MinesEachIntentOnce()
    {
        foreach (int[] history in Gen.Choose(0, 9).ArrayOf(40).Sample(40))
        {
            using SolverStore store = TestStore.Open(31337, Target);
            var node = new FakeTransactionNode();
            TransactionManager manager = Manager(_options, store, node);
            int intents = 0;
            foreach (int step in history)
            {
                switch (step)
                {
                    case 0 or 1:
                        await manager.SubmitAsync(Intent($"intent {intents++}"), CancellationToken.None);
                        break;
                    case 2:
                        await manager.SubmitAsync(Intent($"intent {Math.Max(0, intents - 1)}"), CancellationToken.None);
                        intents = Math.Max(1, intents);
                        break;
                    case 3:
                        node.Losses.Enqueue(true);
                        break;
                    case 4:
                        node.Losses.Enqueue(false);
                        break;
                    case 5:
                        manager.Dispose();
                        manager = Manager(_options, store, node);
                        break;
                    case 6:
                        node.TakeBack(Math.Min(3, (int)node.Head));
                        break;
                    case 7:
                        node.ForgetPool();
                        break;
                    default:
                        node.Mine();
                        break;
                }

                _time.Pass(7);
                await manager.RunOnceAsync(CancellationToken.None);
            }

            node.Losses.Clear();
            for (int i = 0; i < 4; i++)
            {
                _time.Pass(_options.BroadcastAgainAfterSeconds);
                await manager.RunOnceAsync(CancellationToken.None);
                node.Mine();
            }

            Assert.Equal(
                Enumerable.Range(0, intents).Select(static i => $"intent {i}").Order(StringComparer.Ordinal).ToArray(),
                node.Mined.Select(static mined => System.Text.Encoding.UTF8.GetString(mined.Transaction.Data.Span)).Order(StringComparer.Ordinal).ToArray());
            manager.Dispose();
        }
    }

    private static TransactionIntent Intent(string key) => new(key, Target, System.Text.Encoding.UTF8.GetBytes(key));

    /// <summary>The first transaction of the key, sent from elsewhere.</summary>
    private SignedTransaction Foreign() => _key.Sign(new FeeMarketTransaction { ChainId = 31337, Nonce = 0, GasLimit = 21_000, To = Target, MaxFeePerGasWei = 9UL, MaxPriorityFeePerGasWei = 1UL });

    private TransactionManager Manager(TransactionOptions? options = null, SolverStore? store = null, FakeTransactionNode? node = null) =>
        new(node ?? _node, new SigningKey(_key, 31337), store ?? _store, options ?? _options, _time, NullLogger<TransactionManager>.Instance);
}
