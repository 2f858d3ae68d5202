using System.Collections.Immutable;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Api;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Risk;

namespace OnchainMargin.Solver.Tests.Api;

public sealed class TailViewTests
{
    [Fact]
    public void Tail_LongPerpetual_IsItsShareOfSpotAndOfNoOther()
    {
        CheckpointInputs inputs = Books.Inputs(7, Books.Start, 2000);
        ProtocolViews views = Views(inputs);

        TailView tail = views.Tail(1, 24, 0.99, CancellationToken.None)!;

        // 80 % a year without surfaces: the 1 % worst of fat tails lies beyond the Gaussian 195 of 2,000, and well under a quarter of it.
        Assert.InRange(tail.ValueAtRisk, 150, 450);
        Assert.True(tail.ExpectedShortfall > tail.ValueAtRisk && tail.ValueAtRiskLow <= tail.ValueAtRisk && tail.ValueAtRiskHigh >= tail.ValueAtRisk);
        Assert.Equal(tail.ExpectedShortfall, Assert.Single(tail.Positions).Value, 1e-9);
        Assert.Equal("7", tail.Checkpoint);
        Assert.Equal(tail.ValueAtRisk, views.Tail(1, 24, 0.99, CancellationToken.None)!.ValueAtRisk);
    }

    [Fact]
    public void Tail_SpotAgainstShort_Cancels()
    {
        TailView tail = Views(Books.Inputs(7, Books.Start, 2000)).Tail(2, 24, 0.99, CancellationToken.None)!;

        Assert.Equal(0, tail.ExpectedShortfall, 1e-6);
        Assert.Equal(0, tail.Positions[0].Value + tail.Collateral, 1e-6);
    }

    [Fact]
    public void Tail_AccountThatIsNotThere_IsNone() => Assert.Null(Views(Books.Inputs(7, Books.Start, 2000)).Tail(9, 24, 0.99, CancellationToken.None));

    [Fact]
    public void Tail_WhoeverAskedHasGone_IsNotSimulated() =>
        Assert.ThrowsAny<OperationCanceledException>(() => Views(Books.Inputs(7, Books.Start, 2000)).Tail(1, 24, 0.99, new CancellationToken(canceled: true)));

    private static ProtocolViews Views(CheckpointInputs inputs)
    {
        var book = Books.Of(
            [inputs], Touched(Books.Account(1, 1000 * Books.One, Books.One, 2000 * Books.One)), Touched(Books.Account(2, 0, -Books.One, 2000 * Books.One, [new Balance(1, 1_000_000_000_000_000_000)])));
        var books = new Broadcast<IndexedBook>();
        books.Publish(new IndexedBook(book, ImmutableSortedDictionary<ulong, Protocol.Book.ProtocolBook>.Empty, 0));
        var risks = new Broadcast<RiskSnapshot>();
        risks.Publish(RiskSnapshot.Of(RiskSnapshot.Follower(2), book, inputs));
        return new ProtocolViews(books, risks, new AttestedBooks(), ApiWorld.Record());
    }

    private static Protocol.Book.BookAccount Touched(Protocol.Book.BookAccount account) => account with { State = account.State with { InterestIndexE12 = 1_000_000_000_000 } };
}
