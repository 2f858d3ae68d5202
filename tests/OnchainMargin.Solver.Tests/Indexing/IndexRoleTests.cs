using System.Data.Common;
using Dapper;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Snapshots;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Store;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Solver.Tests.Indexing;

public sealed class IndexRoleTests
{
    private const ulong Depth = 16;

    [Fact]
    public async Task RunOnce_AnyAnswerFailsWhileTheChainForks_BookHoldsNothingOfTheBlocksThatAreGone()
    {
        for (int when = 1; when < 12; when++)
        {
            FakeChain chain = Chain();
            using SolverStore store = TestStore.Open(31337, FakeChain.Contract);
            BookIndex index = Index(store);
            IndexRole role = Role(chain, store, index);
            await RunAsync(role, 8);
            Assert.True(index.Book.IsPaused);

            chain.Fork(4, 6);
            int failsAt = chain.Requests + when;
            chain.BeforeAnswer = request =>
            {
                if (request == failsAt)
                {
                    throw new RpcTransportException("The node did not answer.");
                }
            };
            await RunAsync(role, 8);

            Assert.Equal((chain.Head.Hash, false), (index.Book.BlockHash, index.Book.IsPaused));
        }
    }

    [Fact]
    public async Task RunOnce_StoreHasWhatTheBookWasNotTold_MakesTheBookOfIt()
    {
        FakeChain chain = Chain();
        using SolverStore store = TestStore.Open(31337, FakeChain.Contract);
        BookIndex index = Index(store);
        IndexRole role = Role(chain, store, index);
        await RunAsync(role, 8);
        chain.Fork(4, 6);

        // As though a step had been broken off after it was stored.
        var follower = new ChainFollower(chain, store, 1, Depth, 10);
        while (!(await follower.RunOnceAsync(CancellationToken.None)).IsCaughtUp)
        {
        }

        await RunAsync(role, 1);

        Assert.Equal((chain.Head.Hash, false), (index.Book.BlockHash, index.Book.IsPaused));
    }

    /// <summary>What the index cannot take in leaves nobody acting upon the book of before; when the chain is right again it is read anew.</summary>
    [Fact]
    public async Task RunOnce_EventCannotBeTakenIn_BookIsNotCaughtUpUntilItCan()
    {
        FakeChain chain = Chain();
        using SolverStore store = TestStore.Open(31337, FakeChain.Contract);
        BookIndex index = Index(store);
        var books = new Broadcast<IndexedBook>();
        using var lifetime = new Lifetime();
        IndexRole role = Role(chain, store, index, books, lifetime);
        await RunAsync(role, 8);
        Assert.True(books.Current!.IsCaughtUp);

        Func<IReadOnlyList<LogEntry>, IReadOnlyList<LogEntry>> right = chain.Garble!;
        chain.Grow(1);
        Hash32 bad = chain.Head.Hash;
        chain.Garble = logs => [.. right(logs).Select(log => log.BlockHash == bad
            ? log with { Address = SampleDeployment.Contracts.Clearinghouse, Topics = [Clearinghouse.PausedSetEvent.Topic], Data = [1] }
            : log)];
        await Assert.ThrowsAnyAsync<Exception>(() => role.RunOnceAsync(CancellationToken.None));
        Assert.False(books.Current.IsCaughtUp);

        chain.Garble = right;
        await RunAsync(role, 8);
        Assert.Equal((chain.Head.Hash, true, false), (books.Current.Book.BlockHash, books.Current.IsCaughtUp, lifetime.IsStopped));
    }

    /// <summary>The chain shares no block that is kept with the one before: nobody acts upon the book of that one while the new one is read.</summary>
    [Fact]
    public async Task RunOnce_EverythingIsForgotten_BookIsNotCaughtUpUntilTheChainIsRead()
    {
        FakeChain chain = Chain();
        using SolverStore store = TestStore.Open(31337, FakeChain.Contract);
        var books = new Broadcast<IndexedBook>();
        using var lifetime = new Lifetime();
        IndexRole role = Role(chain, store, Index(store), books, lifetime);
        await RunAsync(role, 8);
        Assert.True(books.Current!.IsCaughtUp);

        chain.Fork(29, 60);
        await Assert.ThrowsAsync<EthereumFormatException>(() => role.RunOnceAsync(CancellationToken.None));
        await role.RunOnceAsync(CancellationToken.None);
        Assert.Equal((null, true, false), (store.Head(), books.Current.IsBroken, books.Current.IsCaughtUp));
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal(books.Current.Book.BlockHash == chain.Head.Hash, books.Current.IsCaughtUp);
            await role.RunOnceAsync(CancellationToken.None);
        }

        Assert.Equal((chain.Head.Hash, true), (books.Current.Book.BlockHash, books.Current.IsCaughtUp));
    }

    [Fact]
    public async Task RunOnce_EventCanNeverBeTakenIn_TheProcessEnds()
    {
        FakeChain chain = Chain();
        Hash32 bad = chain.Head.Hash;
        chain.Garble = logs => [.. logs.Select(log => log.BlockHash == bad ? log with { Address = SampleDeployment.Contracts.Clearinghouse, Topics = [Clearinghouse.PausedSetEvent.Topic], Data = [1] } : log)];
        using SolverStore store = TestStore.Open(31337, FakeChain.Contract);
        using var lifetime = new Lifetime();
        IndexRole role = Role(chain, store, Index(store), new Broadcast<IndexedBook>(), lifetime);

        await AssertGivesUpAsync<Exception>(role, lifetime);
    }

    [Fact]
    public async Task RunOnce_EventCannotBeTakenInNorTheIndexForgotten_TheProcessEnds()
    {
        FakeChain chain = Chain();
        Hash32 bad = chain.Head.Hash;
        chain.Garble = logs => [.. logs.Select(log => log.BlockHash == bad ? log with { Address = SampleDeployment.Contracts.Clearinghouse, Topics = [Clearinghouse.PausedSetEvent.Topic], Data = [1] } : log)];
        using SolverStore store = SolverStore.Open(":memory:", 31337, FakeChain.Contract);
        await store.Connection.ExecuteAsync("CREATE TRIGGER kept BEFORE DELETE ON logs BEGIN SELECT RAISE(ABORT, 'no space'); END");
        using var lifetime = new Lifetime();
        IndexRole role = Role(chain, store, Index(store), new Broadcast<IndexedBook>(), lifetime);

        await AssertGivesUpAsync<DbException>(role, lifetime);
    }

    /// <summary>An event that a node left out comes into the book all the same.</summary>
    [Fact]
    public async Task RunOnce_NodeLeftAnEventOut_BookHasItOnceTheBlockIsDeep()
    {
        FakeChain chain = Chain();
        ulong pausing = chain.Head.Number;
        chain.LeavesOutByHash = log => log.BlockNumber == pausing;
        using SolverStore store = TestStore.Open(31337, FakeChain.Contract);
        BookIndex index = Index(store);
        var books = new Broadcast<IndexedBook>();
        var lines = new LogLines<IndexRole>();
        using var lifetime = new Lifetime();
        IndexRole role = Role(chain, store, index, books, lifetime, lines);
        await RunAsync(role, 8);
        Assert.False(index.Book.IsPaused);

        chain.LeavesOutByHash = null;
        chain.Grow(4);
        await RunAsync(role, 4);
        Assert.Equal((true, chain.Head.Hash, true), (index.Book.IsPaused, index.Book.BlockHash, books.Current!.IsCaughtUp));
        Assert.Contains(lines.Said, line => line.StartsWith($"The node had left out 1 events when it was asked first, the earliest of block {pausing}", StringComparison.Ordinal));
    }

    /// <summary>One of several nodes tells a head, and another has other blocks before it: that is asked again after a while, and not without a pause.</summary>
    [Fact]
    public async Task Wait_StepGotNowhere_IsNotOver()
    {
        FakeChain chain = Chain();
        using SolverStore store = TestStore.Open(31337, FakeChain.Contract);
        IndexRole role = Role(chain, store, Index(store));
        await RunAsync(role, 1);
        Assert.True(role.WaitAsync(CancellationToken.None).IsCompleted);
        await RunAsync(role, 7);
        chain.ToldHead = new StoredBlock(chain.Head.Number + 1, Hash32.LeftAligned([1]), Hash32.LeftAligned([2]), chain.Head.TimeSeconds + 12);
        await RunAsync(role, 1);
        using var stop = new CancellationTokenSource();
        Task waiting = role.WaitAsync(stop.Token);
        Assert.False(waiting.IsCompleted);
        await stop.CancelAsync();
        await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    /// <summary>Three failures of a kind, and the process is asked to end.</summary>
    private static async Task AssertGivesUpAsync<TError>(IndexRole role, Lifetime lifetime)
        where TError : Exception
    {
        int failures = 0;
        for (int i = 0; i < 40 && !lifetime.IsStopped; i++)
        {
            try
            {
                await role.RunOnceAsync(CancellationToken.None);
            }
            catch (TError)
            {
                failures++;
            }
        }

        Assert.Equal((3, true), (failures, lifetime.IsStopped));
        Assert.StartsWith("The index failed 3 times", role.GivenUp, StringComparison.Ordinal);
    }

    /// <summary>A chain whose last block pauses the clearinghouse.</summary>
    private static FakeChain Chain()
    {
        var chain = new FakeChain();
        chain.Grow(30);
        Hash32 pausing = chain.Head.Hash;
        chain.Garble = logs => [.. logs.Select(log => log.BlockHash == pausing
            ? log with { Address = SampleDeployment.Contracts.Clearinghouse, Topics = [Clearinghouse.PausedSetEvent.Topic], Data = [.. new byte[31], 1] }
            : log)];
        return chain;
    }

    private static BookIndex Index(SolverStore store)
    {
        var deployment = new DeploymentRecord { ChainId = 31337, Block = 1, Contracts = SampleDeployment.Contracts, Tokens = [], Underlyings = [] };
        return new BookIndex(deployment, store, new BookSnapshots(deployment, store, TimeProvider.System, NullLogger<BookSnapshots>.Instance));
    }

    private static IndexRole Role(FakeChain chain, SolverStore store, BookIndex index) => Role(chain, store, index, new Broadcast<IndexedBook>(), new Lifetime());

    private static IndexRole Role(FakeChain chain, SolverStore store, BookIndex index, Broadcast<IndexedBook> books, Lifetime lifetime, ILogger<IndexRole>? logger = null) => new(
        new ChainFollower(chain, store, 1, Depth, 10), index, store, books, new HeadSignal(), new SolverOptions(), lifetime, TimeProvider.System, logger ?? NullLogger<IndexRole>.Instance);

    private static async Task RunAsync(IndexRole role, int rounds)
    {
        for (int i = 0; i < rounds; i++)
        {
            try
            {
                await role.RunOnceAsync(CancellationToken.None);
            }
            catch (RpcTransportException)
            {
                // The next round asks again.
            }
        }
    }

    private sealed class Lifetime : IHostApplicationLifetime, IDisposable
    {
        private readonly CancellationTokenSource _stopped = new();

        public CancellationToken ApplicationStarted => CancellationToken.None;

        public CancellationToken ApplicationStopping => _stopped.Token;

        public CancellationToken ApplicationStopped => CancellationToken.None;

        public bool IsStopped => _stopped.IsCancellationRequested;

        public void StopApplication() => _stopped.Cancel();

        public void Dispose() => _stopped.Dispose();
    }
}
