using System.Collections.Immutable;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Tests.Snapshots;
using OnchainMargin.Solver.Tests.Store;

namespace OnchainMargin.Solver.Tests.Relay;

public sealed class TradeHistoryTests
{
    [Fact]
    public void Last_MoreFillsThanAreKept_AreReadFromTheNewestBack()
    {
        var history = new RichHistory();
        using SolverStore store = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        history.Store(store);
        var books = new Broadcast<IndexedBook>();
        var trades = new TradeHistory(store, books, new SolverOptions());
        long[] Sizes(int limit) => [.. trades.Last(ulong.MaxValue, limit, null, null).Select(static trade => trade.Fill.TakerSizeE8)];
        void Publish(StoredBlock head) =>
            books.Publish(new IndexedBook(ProtocolBook.Empty with { BlockNumber = head.Number, BlockHash = head.Hash }, ImmutableSortedDictionary<ulong, ProtocolBook>.Empty, head.Number));

        // Fewer than are kept: all of them, through several pages.
        Publish(history.Head);
        Assert.Equal([.. Enumerable.Range(2, RichHistory.Checkpoints - 1).Select(static size => (long)size).Reverse(), 70L], Sizes(5000));

        (StoredBlock Block, Ethereum.Contracts.LogEntry[] Logs) many = history.AddFills(2100);
        store.Append([many.Block], many.Logs);
        Publish(many.Block);
        Assert.Equal([.. Enumerable.Range(101, 2000).Select(static size => (long)size).Reverse()], Sizes(5000));

        // Page by page: the next begins where the one before ended, within a block, too.
        IReadOnlyList<Trade> page = trades.Last(ulong.MaxValue, 500, null, null);
        Assert.Equal([.. Enumerable.Range(1101, 500).Select(static size => (long)size).Reverse()], trades.Last(page[^1].Id, 500, null, null).Select(static trade => trade.Fill.TakerSizeE8));

        // What came before those that are kept is not even looked at.
        using SolverStore damaged = TestStore.Open(31337, SampleDeployment.Contracts.Clearinghouse);
        damaged.Append([history.Blocks[0].Block], [.. history.Blocks[0].Logs.Take(1).Select(static log => log with { Address = SampleDeployment.Contracts.Clearinghouse, Topics = [Clearinghouse.FilledEvent.Topic, default, default, default], Data = [1] })]);
        damaged.Append([many.Block], many.Logs);
        Assert.Equal(2000, new TradeHistory(damaged, books, new SolverOptions()).Last(ulong.MaxValue, 5000, null, null).Count);

        // A reorganisation takes them back.
        store.RollBackTo(many.Block.Number - 1);
        Publish(history.Blocks[^2].Block);
        Assert.Equal([(long)RichHistory.Checkpoints], Sizes(1));
    }
}
