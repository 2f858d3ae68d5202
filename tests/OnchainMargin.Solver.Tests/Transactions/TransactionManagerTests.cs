using FsCheck.Fluent;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Transactions;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Transactions;

public sealed class TransactionManagerTests : TransactionWorld
{
    [Fact]
    public async Task Submit_SameIntentTwice_SendsOnce()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        Assert.Single(Node.Broadcasts);
        Node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        Assert.Single(Node.Mined);
        Assert.Equal(OutboxState.Mined, Store.FindInOutbox("a")!.State);
    }

    [Fact]
    public async Task Submit_SimulationReverts_StoresNothing()
    {
        Node.RefusesInSimulation = true;
        using TransactionManager manager = Manager();
        await Assert.ThrowsAsync<RevertException>(() => manager.SubmitAsync(Intent("a"), CancellationToken.None));
        Assert.Null(Store.FindInOutbox("a"));
        Assert.Equal(0UL, Store.NonceAfterOutbox(Key.Address));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Submit_ReplyOrRequestLost_IsMinedOnceAllTheSame(bool arrives)
    {
        Node.Losses.Enqueue(arrives);
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        Time.Pass(Options.BroadcastAgainAfterSeconds);
        await manager.RunOnceAsync(CancellationToken.None);
        Node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Single(Node.Mined);
        Assert.Equal(OutboxState.Mined, Store.FindInOutbox("a")!.State);
    }

    [Fact]
    public async Task Submit_AnotherStoresTheIntentMeanwhile_SendsNothingThatIsNotStored()
    {
        using TransactionManager manager = Manager();
        using TransactionManager other = Manager();
        Node.BeforeEstimate = async (_, cancellationToken) =>
        {
            Node.BeforeEstimate = null;
            await other.SubmitAsync(Intent("a"), cancellationToken);
        };
        await Assert.ThrowsAsync<StoreException>(() => manager.SubmitAsync(Intent("a"), CancellationToken.None));
        Assert.Single(Node.Broadcasts);
    }

    [Fact]
    public async Task RunOnce_RestartBeforeTheBroadcastArrived_BroadcastsTheStoredBytes()
    {
        Node.Losses.Enqueue(false);
        using (TransactionManager first = Manager())
        {
            await first.SubmitAsync(Intent("a"), CancellationToken.None);
        }

        using TransactionManager second = Manager();
        await second.RunOnceAsync(CancellationToken.None);
        Assert.Equal(2, Node.Broadcasts.Count);
        Assert.Equal(Node.Broadcasts[0].Hash, Node.Broadcasts[1].Hash);
        Node.Mine();
        await second.SubmitAsync(Intent("a"), CancellationToken.None);
        Assert.Single(Node.Mined);
    }

    [Fact]
    public async Task RunOnce_ForeignTransactionIsTakenBackForGood_FillsItsNonceAndGoesOn()
    {
        using TransactionManager manager = Manager();
        Node.UseNonceElsewhere(Foreign());
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        await manager.SubmitAsync(Intent("b"), CancellationToken.None);
        Assert.Equal([1UL, 2UL], Node.Broadcasts.Select(static sent => sent.Transaction.Nonce));
        Node.TakeBack(1);
        Node.Mine();
        Assert.Empty(Node.Mined);

        // It may come back for a while.
        await manager.RunOnceAsync(CancellationToken.None);
        Time.Pass(Options.DisplacedAfterSeconds - 1);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.DoesNotContain(Node.Broadcasts, static sent => sent.Transaction.Nonce == 0);

        Time.Pass(1);
        await manager.RunOnceAsync(CancellationToken.None);
        Node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal([0UL, 1UL, 2UL], Node.Mined.Select(static mined => mined.Transaction.Nonce));
        Assert.Equal((Key.Address, true), (Node.Mined[0].Transaction.To!.Value, Node.Mined[0].Transaction.Data.IsEmpty));
        Assert.Equal((OutboxState.Mined, OutboxState.Mined), (Store.FindInOutbox("a")!.State, Store.FindInOutbox("b")!.State));
    }

    [Fact]
    public async Task RunOnce_ForeignTransactionComesBackAfterItsNonceWasFilled_NothingIsDoneTwice()
    {
        using TransactionManager manager = Manager();
        SignedTransaction foreign = Foreign();
        Node.UseNonceElsewhere(foreign);
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        Node.TakeBack(1);
        await manager.RunOnceAsync(CancellationToken.None);
        Time.Pass(Options.DisplacedAfterSeconds);
        await manager.RunOnceAsync(CancellationToken.None);
        Node.UseNonceElsewhere(foreign);
        Node.Mine();
        for (int i = 0; i < 3; i++)
        {
            await manager.RunOnceAsync(CancellationToken.None);
            Time.Pass(Options.DisplacedAfterSeconds);
        }

        Assert.Equal([0UL, 1UL], Node.Mined.Select(static mined => mined.Transaction.Nonce));
        Assert.Equal((OutboxState.Displaced, OutboxState.Mined), (Store.FindInOutbox($"fill nonce 0 of {Key.Address}")!.State, Store.FindInOutbox("a")!.State));
    }

    /// <summary>One wrong answer must not have an intent wait for a nonce that nobody reaches, nor have what waits counted as displaced.</summary>
    [Fact]
    public async Task Submit_NodeCountsFarMoreThanTheOutboxHas_StoresNothingAndGivesNothingUp()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        Node.Counts = _ => 66;
        RpcTransportException error = await Assert.ThrowsAsync<RpcTransportException>(() => manager.SubmitAsync(Intent("b"), CancellationToken.None));
        Assert.StartsWith($"The node counts 66 transactions of {Key.Address}, 65 more than are known here, and is not believed", error.Message, StringComparison.Ordinal);
        Assert.Null(Store.FindInOutbox("b"));
        for (int i = 0; i < 2; i++)
        {
            await Assert.ThrowsAsync<RpcTransportException>(() => manager.RunOnceAsync(CancellationToken.None));
            Time.Pass(Options.DisplacedAfterSeconds);
        }

        Assert.Equal(OutboxState.Live, Store.FindInOutbox("a")!.State);
        Assert.Single(Node.Broadcasts);

        // What somebody sends from the key by hand is believed.
        Node.Counts = _ => 65;
        Assert.Equal(65UL, (await manager.SubmitAsync(Intent("b"), CancellationToken.None)).Nonce);
    }

    /// <summary>The owner takes winnings out by hand, a few a week: what was believed each day is known the next.</summary>
    [Fact]
    public async Task Submit_OwnerSentManyByHandOverWeeks_GoesOnAfterThem()
    {
        ulong counted = 1;
        using (TransactionManager manager = Manager())
        {
            await manager.SubmitAsync(Intent("a"), CancellationToken.None);
            for (int day = 0; day < 10; day++)
            {
                Node.Counts = _ => counted;
                await manager.RunOnceAsync(CancellationToken.None);
                Time.Pass(86_400);
                counted += 30;
            }
        }

        // Also for the next process.
        using TransactionManager next = Manager();
        Node.Counts = _ => counted;
        Assert.Equal(counted, (await next.SubmitAsync(Intent("b"), CancellationToken.None)).Nonce);
    }

    /// <summary>One that lies again and again is believed no further in a day.</summary>
    [Fact]
    public async Task RunOnce_NodeCountsMoreEachRound_IsBelievedSixtyFourADay()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        Node.Counts = _ => 60;
        await manager.RunOnceAsync(CancellationToken.None);
        Node.Counts = _ => 124;
        await manager.RunOnceAsync(CancellationToken.None);
        Node.Counts = _ => 125;
        await Assert.ThrowsAsync<RpcTransportException>(() => manager.RunOnceAsync(CancellationToken.None));
        Node.Counts = _ => 124;
        await manager.RunOnceAsync(CancellationToken.None);
        Node.Counts = _ => 180;
        await Assert.ThrowsAsync<RpcTransportException>(() => manager.RunOnceAsync(CancellationToken.None));
    }

    [Theory]
    [InlineData(64, 64)]
    [InlineData(65, 0)]
    [InlineData(1UL << 40, 0)]
    public async Task RunOnce_NodeHadCountedTooMany_FillsAFewNoncesAndNeverMore(ulong counted, int filled)
    {
        // The first of a key may have any nonce: the outbox knows nothing of it.
        var lines = new LogLines<TransactionManager>();
        using TransactionManager manager = Manager(logger: lines);
        Node.Counts = _ => counted;
        Assert.Equal(counted, (await manager.SubmitAsync(Intent("a"), CancellationToken.None)).Nonce);
        Node.Counts = static used => used;
        await manager.RunOnceAsync(CancellationToken.None);
        for (int i = 0; i < 2; i++)
        {
            Time.Pass(Options.DisplacedAfterSeconds);
            await manager.RunOnceAsync(CancellationToken.None);
        }

        Assert.Equal(filled, Store.UnsettledOf(Key.Address).Count - 1);
        Assert.Equal(filled == 0 ? 1 : 0, lines.Said.Count(said => said.StartsWith($"'a' waits for nonce {counted} of {Key.Address}, and the node counts 0 transactions", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Submit_Private_GoesToTheRelayAloneForAWhile()
    {
        using TransactionManager manager = Manager(Options with { PrivateForSeconds = 60, RaiseFeeAfterSeconds = 3600 });
        await manager.SubmitAsync(Intent("bid") with { IsPrivate = true }, CancellationToken.None);
        Time.Pass(30);
        await manager.RunOnceAsync(CancellationToken.None);
        Time.Pass(31);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal([true, true, false], Node.Private);
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
        Assert.Equal(0, Node.ReceiptsAsked);
        Node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(20, Node.ReceiptsAsked);

        // Nothing of them can have changed while the chain has the block in which they were looked at; further blocks change nothing of that.
        await manager.RunOnceAsync(CancellationToken.None);
        Node.MineEmpty();
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(20, Node.ReceiptsAsked);

        // Deep, they are asked about once more and settled for good.
        for (int i = 0; i < Options.SettledAfterBlocks; i++)
        {
            Node.MineEmpty();
        }

        await manager.RunOnceAsync(CancellationToken.None);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(40, Node.ReceiptsAsked);
        Assert.Empty(Store.UnsettledOf(Key.Address));
    }

    [Fact]
    public async Task RunOnce_AnotherBlockOfTheSameNumberRevertsIt_IsFoundReverted()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        SignedTransaction sent = Assert.Single(Node.Mine());
        await manager.RunOnceAsync(CancellationToken.None);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal((OutboxState.Mined, 1UL), (Store.FindInOutbox("a")!.State, Store.FindInOutbox("a")!.BlockNumber));

        Node.TakeBack(1);
        Node.RevertsWhenMined = true;
        Node.UseNonceElsewhere(sent);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal((OutboxState.Reverted, 1UL), (Store.FindInOutbox("a")!.State, Store.FindInOutbox("a")!.BlockNumber));
    }

    /// <summary>The block of the last look is there again, and a block was looked at between: what was seen in that one counts no more.</summary>
    [Fact]
    public async Task RunOnce_ChainGrowsAndIsReplacedBelow_AsksAnew()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        SignedTransaction sent = Assert.Single(Node.Mine());
        await manager.RunOnceAsync(CancellationToken.None);
        Node.MineEmpty();
        await manager.RunOnceAsync(CancellationToken.None);
        Node.TakeBack(2);
        Node.MineEmpty();
        Node.UseNonceElsewhere(sent);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal((OutboxState.Mined, 2UL), (Store.FindInOutbox("a")!.State, Store.FindInOutbox("a")!.BlockNumber));
    }

    [Fact]
    public async Task RunOnce_ChainTakesTheBlockBack_BroadcastsAgainAndIsMinedOnce()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        await manager.SubmitAsync(Intent("b"), CancellationToken.None);
        Node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        Node.TakeBack(1);
        Time.Pass(Options.BroadcastAgainAfterSeconds);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Live, Store.FindInOutbox("a")!.State);
        Node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal([0UL, 1UL], Node.Mined.Select(static mined => mined.Transaction.Nonce).ToArray());
        Assert.Equal(OutboxState.Mined, Store.FindInOutbox("b")!.State);
    }

    [Fact]
    public async Task RunOnce_ChainTakesBackWhatWasSettledForGood_ComesBackAllTheSame()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        for (int i = 0; i < 8; i++)
        {
            Node.Mine();
        }

        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Final, Store.FindInOutbox("a")!.State);
        Node.TakeBack(8);
        Time.Pass(Options.BroadcastAgainAfterSeconds);
        await manager.RunOnceAsync(CancellationToken.None);
        Node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Mined, Store.FindInOutbox("a")!.State);
    }

    /// <summary>A node that begins to sync says that it is at block 0 and that nobody has sent anything.</summary>
    [Fact]
    public async Task RunOnce_NodeHasBegunToSync_TakesNothingBackAndSendsNothing()
    {
        using TransactionManager manager = Manager();
        string[] intents = ["a", "b", "c"];
        foreach (string intent in intents)
        {
            await manager.SubmitAsync(Intent(intent), CancellationToken.None);
        }

        MineEmpty(499);
        Node.Mine();
        MineEmpty(Options.SettledAfterBlocks);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.All(intents, intent => Assert.Equal((OutboxState.Final, 500UL), (Store.FindInOutbox(intent)!.State, Store.FindInOutbox(intent)!.BlockNumber)));

        Node.IsSyncing = true;
        Time.Pass(Options.BroadcastAgainAfterSeconds);
        RpcTransportException error = await Assert.ThrowsAsync<RpcTransportException>(() => manager.RunOnceAsync(CancellationToken.None));
        Assert.StartsWith($"The node's newest block is 0 and a transaction of {Key.Address} was mined in block 500: the node is still syncing", error.Message, StringComparison.Ordinal);
        Assert.All(intents, intent => Assert.Equal((OutboxState.Final, 500UL), (Store.FindInOutbox(intent)!.State, Store.FindInOutbox(intent)!.BlockNumber)));
        Assert.Equal(3, Node.Broadcasts.Count);

        void MineEmpty(int blocks)
        {
            for (int i = 0; i < blocks; i++)
            {
                Node.MineEmpty();
            }
        }
    }

    [Fact]
    public async Task RunOnce_RevertedOnChain_TellsWhyAndMayBeTriedAnew()
    {
        Node.RevertsWhenMined = true;
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        Node.Mine();
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal((OutboxState.Reverted, "no"), (Store.FindInOutbox("a")!.State, Store.FindInOutbox("a")!.Reason));

        OutboxEntry again = await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        Assert.Equal(("a (try 2)", 1UL), (again.Intent, again.Nonce));
    }

    [Fact]
    public async Task RunOnce_NonceUsedBySomebodyElse_IsDisplacedOnlyAfterAWhile()
    {
        using TransactionManager manager = Manager();
        await manager.SubmitAsync(Intent("a"), CancellationToken.None);
        Node.ForgetPool();
        Node.UseNonceElsewhere(Foreign());
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Live, Store.FindInOutbox("a")!.State);
        Time.Pass(Options.DisplacedAfterSeconds);
        await manager.RunOnceAsync(CancellationToken.None);
        Assert.Equal(OutboxState.Displaced, Store.FindInOutbox("a")!.State);
        Assert.Equal(1UL, (await manager.SubmitAsync(Intent("a"), CancellationToken.None)).Nonce);
    }

    [Fact]
    public async Task AnyHistoryOfLossesRestartsBlocksAndReorganisations_MinesEachIntentOnce()
    {
        foreach (int[] history in Gen.Choose(0, 9).ArrayOf(40).Sample(40))
        {
            using SolverStore store = TestStore.Open(31337, Target);
            var node = new FakeTransactionNode();
            TransactionManager manager = Manager(Options, store, node);
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
                        manager = Manager(Options, store, node);
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

                Time.Pass(7);
                await manager.RunOnceAsync(CancellationToken.None);
            }

            node.Losses.Clear();
            for (int i = 0; i < 4; i++)
            {
                Time.Pass(Options.BroadcastAgainAfterSeconds);
                await manager.RunOnceAsync(CancellationToken.None);
                node.Mine();
            }

            Assert.Equal(
                Enumerable.Range(0, intents).Select(static i => $"intent {i}").Order(StringComparer.Ordinal).ToArray(),
                node.Mined.Select(static mined => System.Text.Encoding.UTF8.GetString(mined.Transaction.Data.Span)).Order(StringComparer.Ordinal).ToArray());
            manager.Dispose();
        }
    }

    /// <summary>The first transaction of the key, sent from elsewhere.</summary>
    private SignedTransaction Foreign() => Key.Sign(new FeeMarketTransaction { ChainId = 31337, Nonce = 0, GasLimit = 21_000, To = Target, MaxFeePerGasWei = 9UL, MaxPriorityFeePerGasWei = 1UL });
}
