using System.Collections.Immutable;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Tests.Api;

namespace OnchainMargin.Solver.Tests.Attesting;

public sealed class AttestedBooksTests
{
    /// <summary>A node left out logs before a checkpoint, and its book was attested at once: when they are put in the block keeps its hash, and the book is another.</summary>
    [Fact]
    public void Find_LogsBeforeTheCheckpointArePutIn_IsOfTheBookWithThem()
    {
        var world = new ApiWorld();
        ProtocolBook whole = world.Book();
        ProtocolBook lacking = whole with { Accounts = AccountTable.Of([whole.Accounts[1], whole.Accounts[3]]) };
        Assert.Equal(whole.BlockHash, lacking.BlockHash);
        var books = new AttestedBooks();
        AttestedBook before = books.Find(Indexed(lacking), 1, CancellationToken.None)!;
        AttestedBook after = books.Find(Indexed(whole), 1, CancellationToken.None)!;

        Assert.Equal((2, 3), (before.Attestations.Length, after.Attestations.Length));
        Assert.Equal(new AttestedBooks().Find(Indexed(whole), 1, CancellationToken.None)!.Root, after.Root);
        Assert.Same(after, books.Find(Indexed(whole), 1, CancellationToken.None));
        Assert.Same(after, books.FindServed(Indexed(whole), 1, CancellationToken.None));
    }

    private static IndexedBook Indexed(ProtocolBook book) => new(book, ImmutableSortedDictionary<ulong, ProtocolBook>.Empty.Add(1, book), book.BlockNumber);
}
