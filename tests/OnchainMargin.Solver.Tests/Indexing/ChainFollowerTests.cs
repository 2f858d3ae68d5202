using FsCheck;
using FsCheck.Fluent;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Store;

namespace OnchainMargin.Solver.Tests.Indexing;

public sealed class ChainFollowerTests
{
    private const ulong Depth = 16;

    [Fact]
    public async Task RunOnce_DeepHistory_TakesInEveryLogOnce()
    {
        var chain = new FakeChain();
        chain.Grow(100);
        using SolverStore store = OpenStore();
        await CatchUp(chain, store);
        AssertEqual(chain, store);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(15)]
    [InlineData(16)]
    public async Task RunOnce_Reorganisation_RollsBackToTheCommonAncestor(int depth)
    {
        var chain = new FakeChain();
        chain.Grow(60);
        using SolverStore store = OpenStore();
        await CatchUp(chain, store);
        ulong ancestor = chain.Head.Number - (ulong)depth;

        chain.Fork(depth, depth + 1);
        IndexStep step = await Follower(chain, store).RunOnceAsync(CancellationToken.None);

        Assert.Equal(ancestor, step.RolledBackTo);
        await CatchUp(chain, store);
        AssertEqual(chain, store);
    }

    [Fact]
    public async Task RunOnce_ChainBecameShorter_RollsBackToItsHead()
    {
        var chain = new FakeChain();
        chain.Grow(40);
        using SolverStore store = OpenStore();
        await CatchUp(chain, store);

        chain.Fork(5, 0);
        IndexStep step = await Follower(chain, store).RunOnceAsync(CancellationToken.None);

        Assert.Equal(chain.Head.Number, step.RolledBackTo);
        Assert.True(step.IsCaughtUp);
        AssertEqual(chain, store);
    }

    [Fact]
    public async Task RunOnce_ReorganisationBelowEveryKeptHeader_ReadsTheChainAnew()
    {
        var chain = new FakeChain();
        chain.Grow(80);
        using SolverStore store = OpenStore();
        await CatchUp(chain, store);

        StoredBlock? head = store.Head();
        chain.Fork(79, 70);

        // The first time it may have been one of several nodes that tells so.
        ChainFollower follower = Follower(chain, store);
        await Assert.ThrowsAsync<EthereumFormatException>(() => follower.RunOnceAsync(CancellationToken.None));
        Assert.Equal(head, store.Head());
        await CatchUp(follower);
        AssertEqual(chain, store);
    }

    [Fact]
    public async Task RunOnce_NodeRefusesLongRanges_AsksForShorterOnes()
    {
        var chain = new FakeChain { MostBlocksOfRange = 3 };
        chain.Grow(90);
        using SolverStore store = OpenStore();
        await CatchUp(chain, store);
        AssertEqual(chain, store);
    }

    /// <summary>An answer longer than this program reads, a status that forbids the length of the question.</summary>
    [Fact]
    public async Task RunOnce_AnswersToLongRangesCannotBeHad_AsksForShorterOnes()
    {
        var chain = new FakeChain { MostBlocksOfRange = 100, Refusal = static () => new RpcTransportException("The node answered with more than 67108864 bytes.", isTransient: false) };
        chain.Grow(2500);
        using SolverStore store = OpenStore();
        await CatchUp(new ChainFollower(chain, store, 1, Depth, 1000));
        AssertEqual(chain, store);
    }

    [Fact]
    public async Task RunOnce_NodeDoesNotComeToTheEndOfLongRanges_AsksForShorterOnesAndLaterForLongerOnes()
    {
        var chain = new FakeChain { MostBlocksOfRange = 100, Refusal = static () => new RpcTransportException("The node did not answer within 30 s.") };
        chain.Grow(8000);
        using SolverStore store = OpenStore();
        var follower = new ChainFollower(chain, store, 1, Depth, 1000);
        int missed = await RunAsync(follower, 40);

        // Each length twice in vain: 1000, 500, 250, 125; then 62 sixteen times, and 124 is tried again.
        Assert.Equal([1000, 1000, 500, 500, 250, 250, 125, 125, .. Enumerable.Repeat(62, 16), 124, 124, .. Enumerable.Repeat(62, 14)], chain.Ranges.Select(static blocks => (int)blocks));
        Assert.Equal(10, missed);

        chain.MostBlocksOfRange = ulong.MaxValue;
        await CatchUp(follower);
        AssertEqual(chain, store);
        Assert.Equal(248UL, chain.Ranges.Max(static blocks => blocks == 1000 || blocks == 500 || blocks == 250 ? 0 : blocks));
    }

    [Fact]
    public async Task RunOnce_NodeIsAwayForLong_RangesStayAsTheyAre()
    {
        var chain = new FakeChain();
        chain.Grow(4000);
        using SolverStore store = OpenStore();
        var follower = new ChainFollower(chain, store, 1, Depth, 1000);

        // It goes between two questions of a step, so that a range is missed, and is away for hours.
        chain.BeforeAnswer = static request =>
        {
            if (request >= 2)
            {
                throw new RpcTransportException("The node could not be reached.");
            }
        };
        Assert.Equal(100, await RunAsync(follower, 100));
        chain.BeforeAnswer = null;
        await CatchUp(follower);
        AssertEqual(chain, store);
        Assert.Equal([1000UL, 1000UL, 1000UL], chain.Ranges.Take(3));
    }

    [Theory]
    [InlineData(ulong.MaxValue)]
    [InlineData(3UL)]
    public async Task RunOnce_FullRangesAreReadAhead_TakesInEveryLogOnceAlsoWhenTheNodeComesToRefuseThem(ulong laterMost)
    {
        var chain = new FakeChain();
        chain.Grow(90, 200);
        using SolverStore store = OpenStore();
        ChainFollower follower = Follower(chain, store);
        IndexStep step = await follower.RunOnceAsync(CancellationToken.None);
        Assert.True(step.Logs.Count >= 1024, "The ranges are too small to be read ahead.");
        chain.MostBlocksOfRange = laterMost;
        while (!step.IsCaughtUp)
        {
            step = await follower.RunOnceAsync(CancellationToken.None);
        }

        AssertEqual(chain, store);
    }

    [Fact]
    public async Task RunOnce_NodeRefusesEvenOneBlock_PassesTheRefusalOn()
    {
        var chain = new FakeChain { MostBlocksOfRange = 0 };
        chain.Grow(90);
        using SolverStore store = OpenStore();
        await Assert.ThrowsAsync<RpcErrorException>(() => Follower(chain, store).RunOnceAsync(CancellationToken.None));
        Assert.Null(store.Head());
    }

    [Fact]
    public async Task RunOnce_ChainForksBetweenAnyTwoAnswers_NeverMixesTwoChains()
    {
        for (int when = 1; when < 30; when++)
        {
            var chain = new FakeChain();
            chain.Grow(30);
            using SolverStore store = OpenStore();
            await CatchUp(chain, store);
            chain.Grow(6);
            int forkAt = chain.Requests + when;
            chain.BeforeAnswer = request =>
            {
                if (request == forkAt)
                {
                    chain.Fork(4, 5);
                }
            };

            for (int i = 0; i < 8; i++)
            {
                try
                {
                    await Follower(chain, store).RunOnceAsync(CancellationToken.None);
                }
                catch (RpcErrorException)
                {
                    // The block that was asked for by hash is gone: the next step starts from what is stored.
                }

                AssertLinked(store);
            }

            await CatchUp(chain, store);
            AssertEqual(chain, store);
        }
    }

    [Fact]
    public async Task RunOnce_AnyAnswerFailsWhileTheChainForks_TellsEveryRollbackAllTheSame()
    {
        for (int when = 1; when < 12; when++)
        {
            var chain = new FakeChain();
            chain.Grow(30);
            using SolverStore store = OpenStore();
            await CatchUp(chain, store);
            List<LogEntry> told = [.. store.LogsFrom(0)];
            chain.Fork(4, 6);
            int failsAt = chain.Requests + when;
            chain.BeforeAnswer = request =>
            {
                if (request == failsAt)
                {
                    throw new RpcTransportException("The node did not answer.");
                }
            };
            ChainFollower follower = Follower(chain, store);
            for (bool isCaughtUp = false; !isCaughtUp;)
            {
                try
                {
                    IndexStep step = await follower.RunOnceAsync(CancellationToken.None);
                    told.RemoveAll(log => log.BlockNumber > (step.RolledBackTo ?? ulong.MaxValue));
                    told.AddRange(step.Logs);
                    isCaughtUp = step.IsCaughtUp;
                }
                catch (RpcTransportException)
                {
                    // The next round asks again.
                }
            }

            Assert.Equal(chain.AllLogs.Select(static log => log.TransactionHash), told.Select(static log => log.TransactionHash));
        }
    }

    [Fact]
    public async Task RunOnce_NodeIsBehindEverythingThatIsKept_KeepsTheIndexAndNamesTheRemedy()
    {
        var chain = new FakeChain();
        chain.Grow(80);
        using SolverStore store = OpenStore();
        await CatchUp(chain, store);
        var syncing = new FakeChain();
        syncing.Grow(20);

        EthereumFormatException error = await Assert.ThrowsAsync<EthereumFormatException>(() => Follower(syncing, store).RunOnceAsync(CancellationToken.None));

        Assert.Contains("wait for it, name another node, or start with an empty store", error.Message, StringComparison.Ordinal);
        AssertEqual(chain, store);
    }

    /// <summary>Another hash is another chain; that a node lacks a block below the head that was told is the node's own matter.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    public async Task RunOnce_NodeLacksABlockBelowTheHeadItTold_ForgetsNothing(int blocks)
    {
        var chain = new FakeChain();
        chain.Grow(blocks);
        using SolverStore store = OpenStore();
        await CatchUp(chain, store);
        StoredBlock? head = store.Head();
        chain.Grow(3);
        chain.Lacks.UnionWith(chain.Blocks.Select(static block => block.Number));

        EthereumFormatException error = await Assert.ThrowsAsync<EthereumFormatException>(() => Follower(chain, store).RunOnceAsync(CancellationToken.None));

        Assert.Equal($"The node has no block {blocks} although it told of a later one; check that all endpoints serve the same chain.", error.Message);
        Assert.Equal(head, store.Head());
        Assert.Equal(blocks, store.LogsFrom(0).Count());
        chain.Lacks.Clear();
        await CatchUp(chain, store);
        AssertEqual(chain, store);
    }

    [Fact]
    public async Task RunOnce_NodeIsOfAnotherChainNow_ForgetsNothing()
    {
        var chain = new FakeChain();
        chain.Grow(80);
        using SolverStore store = OpenStore();
        await CatchUp(chain, store);
        StoredBlock? head = store.Head();
        chain.Fork(79, 90);
        chain.IsOfTheChain = false;
        await Assert.ThrowsAsync<RpcTransportException>(() => Follower(chain, store).RunOnceAsync(CancellationToken.None));
        Assert.Equal(head, store.Head());
    }

    [Theory]
    [InlineData("another block's log")]
    [InlineData("a log outside the range")]
    public async Task RunOnce_GarbledLogs_RefusesThemAndWritesNothing(string kind)
    {
        var chain = new FakeChain();
        chain.Grow(10);
        using SolverStore store = OpenStore();
        await CatchUp(chain, store);
        ulong before = store.Head()!.Number;
        chain.Grow(kind.StartsWith('a') && kind.Contains("range", StringComparison.Ordinal) ? 60 : 2);
        chain.Garble = kind.Contains("range", StringComparison.Ordinal)
            ? static logs => [.. logs.Select(static log => log with { BlockNumber = log.BlockNumber + 10_000 })]
            : static logs => [.. logs.Select(static log => log with { BlockHash = Hash32.LeftAligned([1]) })];

        EthereumFormatException error = await Assert.ThrowsAsync<EthereumFormatException>(() => Follower(chain, store).RunOnceAsync(CancellationToken.None));

        Assert.Contains("check that all endpoints serve the same chain", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, store.Head()!.Number);
        chain.Garble = null;
        await CatchUp(chain, store);
        AssertEqual(chain, store);
    }

    [Fact]
    public async Task RunOnce_RemovedAndUnorderedLogs_AreLeftOutAndPutInOrder()
    {
        var chain = new FakeChain();
        chain.Grow(5, 3);
        using SolverStore store = OpenStore();
        chain.Garble = static logs => [.. logs.Reverse(), .. logs.Select(static log => log with { Removed = true })];
        await CatchUp(chain, store);
        AssertEqual(chain, store);
    }

    [Fact]
    public async Task RunOnce_AnyHistoryOfGrowthForksAndRestarts_EndsEqualToTheChain()
    {
        foreach ((int Grow, int Fork, bool Restart)[] history in Gen.Choose(0, 9).Three().Select(static t => (Grow: t.Item1, Fork: t.Item2, Restart: t.Item3 > 6)).ArrayOf(12).Sample(60))
        {
            var chain = new FakeChain();
            chain.Grow(12);
            using SolverStore store = OpenStore();
            ChainFollower follower = Follower(chain, store);
            foreach ((int grow, int fork, bool restart) in history)
            {
                chain.Grow(grow);
                chain.Fork(Math.Min(fork, (int)chain.Head.Number), grow / 2);
                follower = restart ? Follower(chain, store) : follower;
                try
                {
                    await follower.RunOnceAsync(CancellationToken.None);
                }
                catch (EthereumFormatException behind)
                {
                    Assert.Matches("the node is still syncing or was started anew|all of it is asked once more", behind.Message);
                }

                AssertLinked(store);
            }

            chain.Grow(60);
            _ = await Record.ExceptionAsync(() => follower.RunOnceAsync(CancellationToken.None));
            await CatchUp(follower);
            AssertEqual(chain, store);
        }
    }

    private static SolverStore OpenStore() => TestStore.Open(31337, FakeChain.Contract);

    private static ChainFollower Follower(FakeChain chain, SolverStore store) => new(chain, store, 1, Depth, 10);

    private static Task CatchUp(FakeChain chain, SolverStore store) => CatchUp(Follower(chain, store));

    /// <summary>So many steps, whether or not the node answers; how many it did not answer.</summary>
    private static async Task<int> RunAsync(ChainFollower follower, int steps)
    {
        int missed = 0;
        for (int i = 0; i < steps; i++)
        {
            try
            {
                await follower.RunOnceAsync(CancellationToken.None);
            }
            catch (RpcTransportException)
            {
                missed++;
            }
        }

        return missed;
    }

    private static async Task CatchUp(ChainFollower follower)
    {
        for (int i = 0; i < 1000; i++)
        {
            if ((await follower.RunOnceAsync(CancellationToken.None)).IsCaughtUp)
            {
                return;
            }
        }

        Assert.Fail("the follower never caught up");
    }

    private static void AssertEqual(FakeChain chain, SolverStore store)
    {
        // The deployment begins in block 1: of a chain of the first block alone there is nothing to keep.
        Assert.Equal(chain.Head.Number == 0 ? null : chain.Head, store.Head());
        IReadOnlyList<LogEntry> expected = chain.AllLogs;
        LogEntry[] actual = [.. store.LogsFrom(0)];
        Assert.Equal(expected.Count, actual.Length);
        for (int i = 0; i < expected.Count; i++)
        {
            Assert.Equal(expected[i].Topics, actual[i].Topics);
            Assert.Equal(expected[i].Data, actual[i].Data);
            Assert.Equal(expected[i] with { Topics = [], Data = [] }, actual[i] with { Topics = [], Data = [] }, LogComparer);
        }
    }

    private static bool LogComparer(LogEntry a, LogEntry b) =>
        a.Address == b.Address && a.BlockNumber == b.BlockNumber && a.BlockHash == b.BlockHash && a.BlockTimestampSeconds == b.BlockTimestampSeconds
        && a.TransactionHash == b.TransactionHash && a.TransactionIndex == b.TransactionIndex && a.LogIndex == b.LogIndex;

    private static void AssertLinked(SolverStore store)
    {
        for (StoredBlock? block = store.Head(); block is { Number: > 0 };)
        {
            StoredBlock? below = store.BlockAtOrBelow(block.Number - 1);
            if (below is not null && below.Number + 1 == block.Number)
            {
                Assert.Equal(below.Hash, block.ParentHash);
            }

            block = below;
        }
    }
}
