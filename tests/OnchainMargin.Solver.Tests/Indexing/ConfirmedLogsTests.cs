using System.Data.Common;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Store;

namespace OnchainMargin.Solver.Tests.Indexing;

/// <summary>A node that has a block before its receipts tells of no logs: what it left out is found once the block is deep.</summary>
public sealed class ConfirmedLogsTests
{
    private const ulong Depth = 16;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task RunOnce_NodeLeftLogsOut_TakesThemInWhenTheBlockIsDeep(bool restarts)
    {
        FakeChain chain = Chain();
        using SolverStore store = OpenStore();
        ChainFollower follower = Follower(chain, store);
        await CatchUpAsync(follower);
        ulong missed = chain.Head.Number + 1;
        chain.LeavesOutByHash = log => log.BlockNumber == missed && log.LogIndex > 0;
        chain.Grow(3, 2);
        await CatchUpAsync(follower);
        chain.LeavesOutByHash = null;
        follower = restarts ? Follower(chain, store) : follower;
        chain.Grow(1);
        Assert.DoesNotContain(await CatchUpAsync(follower), static step => step.Missed > 0);
        Assert.NotEqual(chain.AllLogs.Count, store.LogsFrom(0).Count());

        chain.Grow(1);
        IndexStep step = Assert.Single(await CatchUpAsync(follower), static step => step.Missed > 0);
        Assert.Equal((1, missed - 1, false), (step.Missed, step.RolledBackTo!.Value, step.IsCaughtUp));
        AssertEqual(chain, store);
    }

    /// <summary>The process was down for longer than a reorganisation is deep, and goes on by ranges.</summary>
    [Fact]
    public async Task RunOnce_RestartsFarBehind_LooksAtWhatWasNotConfirmedFirst()
    {
        FakeChain chain = Chain();
        using SolverStore store = OpenStore();
        await CatchUpAsync(Follower(chain, store));
        chain.LeavesOutByHash = static _ => true;
        chain.Grow(2);
        await CatchUpAsync(Follower(chain, store));
        chain.LeavesOutByHash = null;
        chain.Grow(200);
        await CatchUpAsync(Follower(chain, store));
        AssertEqual(chain, store);
    }

    /// <summary>Logs were left out in the lowest block whose header is stored, and the store fails while they are put in: it stays as it was, else there would be no block and older logs all the same, which are taken in by nobody twice.</summary>
    [Fact]
    public async Task RunOnce_StoreFailsWhileMissedLogsArePutIn_StaysAsItWasAndPutsThemInLater()
    {
        var chain = new FakeChain();
        chain.Grow(40);
        using SolverStore store = OpenStore();
        ulong lowest = chain.Head.Number - Depth;
        chain.LeavesOutOfRanges = log => log.BlockNumber == lowest;
        await CatchUpAsync(Follower(chain, store));
        Assert.Equal(lowest, store.BlockAtOrBelow(lowest)!.Number);
        Assert.Null(store.BlockAtOrBelow(lowest - 1));
        int before = store.LogsFrom(0).Count();

        chain.LeavesOutOfRanges = null;
        TestStore.Refuses(store, "blocks");
        ChainFollower follower = Follower(chain, store);
        for (int i = 0; i < 3; i++)
        {
            await Assert.ThrowsAnyAsync<DbException>(() => follower.RunOnceAsync(CancellationToken.None));
        }

        Assert.Equal((chain.Head, before), (store.Head(), store.LogsFrom(0).Count()));
        TestStore.Takes(store, "blocks");
        chain.Grow(1);
        await CatchUpAsync(Follower(chain, store));
        AssertEqual(chain, store);
    }

    /// <summary>No block is read again for ever: what was told once counts, whoever tells it.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task RunOnce_NodeTellsNowThisAndNowThat_GoesOn(bool leavesOutByHash, bool leavesOutOfRanges)
    {
        FakeChain chain = Chain();
        using SolverStore store = OpenStore();
        ChainFollower follower = Follower(chain, store);
        await CatchUpAsync(follower);
        chain.LeavesOutByHash = _ => leavesOutByHash;
        chain.LeavesOutOfRanges = _ => leavesOutOfRanges;
        int back = 0;
        for (int i = 0; i < 40; i++)
        {
            chain.Grow(1);
            List<IndexStep> steps = await CatchUpAsync(follower);
            back += steps.Count(static step => step.RolledBackTo is not null);
            Assert.InRange(steps.Count, 1, 5);
            Assert.Equal(chain.Head, store.Head());
        }

        Assert.InRange(back, leavesOutByHash ? 1 : 0, leavesOutByHash ? 40 : 0);
        (chain.LeavesOutByHash, chain.LeavesOutOfRanges) = (null, null);
        chain.Grow(4);
        await CatchUpAsync(follower);
        AssertEqual(chain, store);
    }

    [Fact]
    public async Task RunOnce_DeepHistory_IsReadOnceAndEachNewHeadCostsOneQuestion()
    {
        var chain = new FakeChain();
        chain.Grow(500);
        using SolverStore store = OpenStore();
        ChainFollower follower = Follower(chain, store);
        await CatchUpAsync(follower);
        int ranges = chain.Ranges.Count;
        Assert.Equal(500UL - Depth + (Depth - 4), chain.Ranges.Aggregate(0UL, static (sum, blocks) => sum + blocks));
        chain.Grow(1);
        for (int i = 0; i < 5; i++)
        {
            await follower.RunOnceAsync(CancellationToken.None);
        }

        Assert.Equal([1UL], chain.Ranges.Skip(ranges));
    }

    [Fact]
    public async Task RunOnce_ChainIsNeverAtRest_ConfirmsAllTheSame()
    {
        FakeChain chain = Chain();
        using SolverStore store = OpenStore();
        ChainFollower follower = Follower(chain, store);
        await CatchUpAsync(follower);
        ulong missed = chain.Head.Number + 1;
        chain.LeavesOutByHash = log => log.BlockNumber == missed;
        for (int i = 0; i < 40; i++)
        {
            chain.Grow(1);
            await follower.RunOnceAsync(CancellationToken.None);
        }

        await CatchUpAsync(follower);
        AssertEqual(chain, store);
    }

    private static FakeChain Chain()
    {
        var chain = new FakeChain();
        chain.Grow(30);
        return chain;
    }

    private static SolverStore OpenStore() => TestStore.Open(31337, FakeChain.Contract);

    private static ChainFollower Follower(FakeChain chain, SolverStore store) => new(chain, store, 1, Depth, 10);

    /// <summary>The steps until there is nothing more to do, and one at rest.</summary>
    private static async Task<List<IndexStep>> CatchUpAsync(ChainFollower follower)
    {
        var steps = new List<IndexStep>();
        for (bool wasCaughtUp = false; ; wasCaughtUp = steps[^1].IsCaughtUp)
        {
            Assert.True(steps.Count < 200, "The follower does not come to rest.");
            steps.Add(await follower.RunOnceAsync(CancellationToken.None));
            if (wasCaughtUp && steps[^1].IsCaughtUp)
            {
                return steps;
            }
        }
    }

    private static void AssertEqual(FakeChain chain, SolverStore store)
    {
        Assert.Equal(chain.Head, store.Head());
        Assert.Equal(chain.AllLogs.Select(Content), store.LogsFrom(0).Select(Content));
    }

    private static (ulong Block, uint Index, ulong TimeSeconds) Content(LogEntry log) => (log.BlockNumber, log.LogIndex, log.BlockTimestampSeconds);
}
