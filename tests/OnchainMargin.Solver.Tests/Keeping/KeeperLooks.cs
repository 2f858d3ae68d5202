using System.Collections.Immutable;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Keeping;

namespace OnchainMargin.Solver.Tests.Keeping;

/// <summary>A keeper that is shown one book after another.</summary>
internal sealed class KeeperLooks(KeeperRole keeper, Broadcast<IndexedBook> books) : IDisposable
{
    public void Dispose() => keeper.Dispose();

    /// <summary>A round, a look at the whole book, and the round that acts upon that.</summary>
    /// <param name="book">The book.</param>
    /// <param name="then">The book of that last round; the same when left out.</param>
    public async Task LookAsync(ProtocolBook book, ProtocolBook? then = null)
    {
        Publish(book);
        await keeper.WaitAsync(CancellationToken.None);
        await keeper.RunOnceAsync(CancellationToken.None);
        await keeper.WholeLook!;
        Publish(then ?? book);
        await keeper.RunOnceAsync(CancellationToken.None);
    }

    private void Publish(ProtocolBook book) => books.Publish(new IndexedBook(book, ImmutableSortedDictionary<ulong, ProtocolBook>.Empty, book.BlockNumber));
}
