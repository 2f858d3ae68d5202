using Dapper;
using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Snapshots;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Store;

namespace OnchainMargin.Solver.Tests.Snapshots;

/// <summary>The book of a snapshot and the logs after it is the book of all logs; a snapshot that is not whole, not of this chain or not of this program is none.</summary>
public sealed class BookSnapshotsTests : IDisposable
{
    private static readonly RichHistory History = new();

    private readonly SolverStore _store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
    private readonly LogLines<BookSnapshots> _log = new();

    public BookSnapshotsTests() => History.Store(_store);

    public void Dispose() => _store.Dispose();

    [Fact]
    public void Rebuild_FromASnapshot_IsTheBookOfAllLogsFieldByField()
    {
        BookIndex all = Rebuilt();
        ProtocolBook then = Oldest(all);
        Assert.Empty(Deep.Unset(then));
        Write(then);

        BookIndex fromSnapshot = Rebuilt();

        Assert.InRange(fromSnapshot.Logs, 1, all.Logs / 2);
        Assert.Null(Deep.Difference(then, fromSnapshot.AtCheckpoints.Values.First()));
        Assert.Null(Deep.Difference(all.Book, fromSnapshot.Book));

        // What epochs of any of the last checkpoints speak of is there as though the process had never ended.
        Assert.Equal(BookIndex.KeptCheckpoints, fromSnapshot.AtCheckpoints.Count);
        Assert.Equal(all.AtCheckpoints.Select(static one => (one.Key, one.Value.BlockHash)), fromSnapshot.AtCheckpoints.Select(static one => (one.Key, one.Value.BlockHash)));

        // So are all epochs whose leaves can be used.
        Assert.Equal(RichHistory.Epochs, fromSnapshot.Book.Epochs.Count);

        // A checkpoint on which several attestations rest is one.
        Assert.Equal(2, fromSnapshot.Book.Used.Count);
        Assert.Same(fromSnapshot.Book.Used[0].Inputs, fromSnapshot.Book.Used[1].Inputs);
    }

    [Fact]
    public void GoBack_BehindARestartFromASnapshot_IsTheBookOfTheLogsThatAreLeft()
    {
        ProtocolBook then = Oldest(Rebuilt());
        Write(then);
        foreach (ulong ancestor in new[] { History.Head.Number - 3, then.BlockNumber, then.BlockNumber - 1 })
        {
            BookIndex index = Rebuilt();
            _store.RollBackTo(ancestor);
            index.GoBack(ancestor);

            Assert.Equal(ancestor >= then.BlockNumber, _store.FindSnapshot() is not null);
            _store.DropSnapshot();
            Assert.Null(Deep.Difference(Rebuilt().Book, index.Book));
            Assert.Equal(ancestor, index.Book.BlockNumber);
            _store.ForgetIndex();
            History.Store(_store);
            Write(then);
        }
    }

    [Fact]
    public void Write_EndsAtAnyInstant_LeavesTheLastSnapshotOrTheNext()
    {
        BookIndex all = Rebuilt();
        ProtocolBook[] books = [.. all.AtCheckpoints.Values];
        Write(books[0]);
        int instants = 0;
        while (true)
        {
            using var end = new CancellationTokenSource();
            try
            {
                Snapshots(new EndingTime(instants, end)).Write(books[1], end.Token);
                break;
            }
            catch (OperationCanceledException)
            {
                instants++;
            }

            ulong block = _store.FindSnapshot()!.Block;
            Assert.Contains(block, new[] { books[0].BlockNumber, books[1].BlockNumber });
            Assert.Equal(block, Rebuilt().AtCheckpoints.Values.First().BlockNumber);
            if (block == books[1].BlockNumber)
            {
                break;
            }
        }

        // Several parts, and nothing is left of those that were not finished once another was.
        Assert.InRange(instants, 4, 100);
        Write(books[2]);
        Assert.Equal(books[2].BlockNumber, _store.FindSnapshot()!.Block);
        Assert.Equal(_store.FindSnapshot()!.Parts, _store.Connection.ExecuteScalar<long>("SELECT count(*) FROM snapshot_parts"));
        Assert.Null(Deep.Difference(all.Book, Rebuilt().Book));
        Assert.DoesNotContain(_log.Said, static words => words.Contains("cannot be used", StringComparison.Ordinal));
    }

    [Fact]
    public void Write_Fails_LeavesTheLastSnapshotAndNothingElse()
    {
        ProtocolBook[] books = [.. Rebuilt().AtCheckpoints.Values];
        Write(books[0]);
        ProtocolBook broken = books[1] with { Accounts = books[1].Accounts.With(books[1].Accounts[RichHistory.Accounts] with { Balances = default }) };

        StoreException error = Assert.Throws<StoreException>(() => Write(broken));

        Assert.Contains("could not be written", error.Message, StringComparison.Ordinal);
        Assert.Equal((books[0].BlockNumber, (long)_store.FindSnapshot()!.Parts), (_store.FindSnapshot()!.Block, _store.Connection.ExecuteScalar<long>("SELECT count(*) FROM snapshot_parts")));
    }

    [Theory]
    [InlineData("UPDATE snapshot_parts SET bytes = @altered WHERE position = 0", "a part of it was altered")]
    [InlineData("UPDATE snapshot_parts SET bytes = @altered WHERE position = (SELECT max(position) FROM snapshot_parts)", "a part of it was altered")]
    [InlineData("UPDATE snapshot_parts SET bytes = (SELECT bytes FROM snapshot_parts WHERE position = 1) WHERE position = 0", "is there twice")]
    [InlineData("DELETE FROM snapshot_parts WHERE position = 1", "is missing")]
    [InlineData("UPDATE snapshots SET parts = parts - 1", "end before the book does")]
    [InlineData("UPDATE snapshots SET format = 'another'", "other code")]
    [InlineData("UPDATE snapshots SET hash = @altered", "not in the stored chain")]
    [InlineData("UPDATE snapshots SET block = block + 1", "not in the stored chain")]
    public void Rebuild_SnapshotIsNotAsItWasWritten_SaysWhyAndReplaysAllLogs(string change, string reason)
    {
        BookIndex all = Rebuilt();
        Write(Oldest(all));
        byte[] altered = _store.SnapshotParts(_store.FindSnapshot()!).First();
        altered[altered.Length / 2] ^= 1;
        _store.Connection.Execute(change, new { altered });

        BookIndex index = Rebuilt();

        Assert.Equal(all.Logs, index.Logs);
        Assert.Null(Deep.Difference(all.Book, index.Book));
        Assert.Contains(reason, Assert.Single(_log.Said, static words => words.Contains("cannot be used", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Null(_store.FindSnapshot());

        // The next is written over what is left.
        Write(Oldest(index));
        Assert.InRange(Rebuilt().Logs, 1, all.Logs / 2);
    }

    [Fact]
    public void Rebuild_LogsDoNotFitTheSnapshot_ReplaysAllLogs()
    {
        BookIndex all = Rebuilt();
        Write(Oldest(all) with { Accounts = AccountTable.Empty });

        Assert.Null(Deep.Difference(all.Book, Rebuilt().Book));
        Assert.Contains("no event opened", Assert.Single(_log.Said, static words => words.Contains("cannot be used", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AStateThatIsNotItsCommitments_IsRefused()
    {
        ProtocolBook book = Oldest(Rebuilt());
        AccountState richer = book.Accounts[1].State with { CashE8 = 1_000_000 };
        List<byte[]> parts = [];
        BookParts.Write(book with { Accounts = book.Accounts.With(book.Accounts[1] with { StateBytes = richer.Pack() }) }, parts.Add);

        AggregateException error = Assert.Throws<AggregateException>(() => BookParts.Read(book.BlockNumber, parts));
        Assert.Contains("account 1 is not that of its commitment", Assert.IsType<ProtocolException>(error.GetBaseException()).Message, StringComparison.Ordinal);
        Assert.All(parts, static part => Assert.InRange(part.Length, 1, 300 * 1024));
    }

    [Fact]
    public void FormatOf_OtherContracts_IsAnother()
    {
        DeploymentRecord moved = RichHistory.Deployment with { Contracts = SampleDeployment.Contracts with { ParameterSteps = SampleDeployment.At(200) } };
        Assert.NotEqual(BookParts.FormatOf(RichHistory.Deployment), BookParts.FormatOf(moved));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Write_ChainIsRolledBackMeanwhile_DoesNotCount(bool isForgotten)
    {
        ProtocolBook then = Oldest(Rebuilt());
        if (isForgotten)
        {
            _store.ForgetIndex();
        }
        else
        {
            _store.RollBackTo(then.BlockNumber - 1);
        }

        Write(then);
        Assert.Null(_store.FindSnapshot());
        Assert.Equal(0, _store.Connection.ExecuteScalar<long>("SELECT count(*) FROM snapshot_parts"));
    }

    [Fact]
    public async Task RunOnce_EnoughLogsCame_WritesTheOldestKeptBookOnceItIsDeep()
    {
        BookIndex index = Rebuilt();
        ProtocolBook then = Oldest(index);
        ulong depth = index.Book.BlockNumber - then.BlockNumber;
        foreach ((long logs, ulong deep, bool isCaughtUp, bool isWritten) in new[] { (index.Logs + 1, depth, true, false), (index.Logs, depth + 1, true, false), (index.Logs, depth, false, false), (index.Logs, depth, true, true) })
        {
            var books = new Broadcast<IndexedBook>();
            using SnapshotRole role = Role(index, books, logs, deep);
            books.Publish(new IndexedBook(index.Book, index.AtCheckpoints, index.Book.BlockNumber + (isCaughtUp ? 0UL : 1UL)));
            await role.RunOnceAsync(CancellationToken.None);
            Assert.Equal(isWritten ? then.BlockNumber : null, _store.FindSnapshot()?.Block);
            if (isWritten)
            {
                // Not again before as many logs have come.
                _store.DropSnapshot();
                await role.RunOnceAsync(CancellationToken.None);
                Assert.Null(_store.FindSnapshot());
            }
        }
    }

    [Fact]
    public async Task RunOnce_NotDeepEnoughYet_WritesTheSameBookLater()
    {
        BookIndex index = Rebuilt();
        ProtocolBook then = Oldest(index);
        var books = new Broadcast<IndexedBook>();
        using SnapshotRole role = Role(index, books, 1, index.Book.BlockNumber - then.BlockNumber + 1);
        books.Publish(new IndexedBook(index.Book, index.AtCheckpoints, index.Book.BlockNumber));
        await role.RunOnceAsync(CancellationToken.None);
        Assert.Null(_store.FindSnapshot());

        var next = new StoredBlock(History.Head.Number + 1, new Hash32(9, 9, 9, 9), History.Head.Hash, History.Head.TimeSeconds + 12);
        _store.Append([next], []);
        index.Add([], next);
        books.Publish(new IndexedBook(index.Book, index.AtCheckpoints, next.Number));
        await role.RunOnceAsync(CancellationToken.None);
        Assert.Equal(then.BlockNumber, _store.FindSnapshot()!.Block);
    }

    private static ProtocolBook Oldest(BookIndex index) => index.AtCheckpoints.Values.First();

    private SnapshotRole Role(BookIndex index, Broadcast<IndexedBook> books, long logs, ulong depth) =>
        new(index, Snapshots(TimeProvider.System), books, new SolverOptions { Index = new IndexOptions { SnapshotLogs = (int)logs, ReorganisationDepthBlocks = (int)depth } });

    private BookSnapshots Snapshots(TimeProvider time) => new(RichHistory.Deployment, _store, time, _log);

    private void Write(ProtocolBook book) => Snapshots(TimeProvider.System).Write(book, CancellationToken.None);

    /// <summary>The book as a process makes it that begins.</summary>
    private BookIndex Rebuilt()
    {
        var index = new BookIndex(RichHistory.Deployment, _store, Snapshots(TimeProvider.System));
        index.Rebuild();
        return index;
    }

    /// <summary>A clock at whose asking the process ends, the given time that it is asked.</summary>
    private sealed class EndingTime(int at, CancellationTokenSource end) : TimeProvider
    {
        private int _asked;

        public override long GetTimestamp()
        {
            if (_asked++ == at)
            {
                end.Cancel();
                end.Token.ThrowIfCancellationRequested();
            }

            return 0;
        }
    }
}
