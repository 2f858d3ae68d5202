using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Solver.Keeping;

namespace OnchainMargin.Solver.Tests.Keeping;

public sealed class WaterLineTests
{
    [Fact]
    public void All_AtAnyPrice_IsWhoIsUnderWaterWhenEachIsTouchedAlone()
    {
        (ProtocolBook book, CheckpointInputs[] prices) = Sample();
        var line = new WaterLine(nearest: 10, workers: 2);
        foreach (CheckpointInputs live in prices)
        {
            ulong[] expected = UnderWater(book, live);
            Assert.NotEmpty(expected);
            Assert.Equal(expected, All(line, book, live).Order());
        }
    }

    [Fact]
    public void First_AfterAPrice_HoldsThoseOfTheNearestThatItSank()
    {
        (ProtocolBook book, CheckpointInputs[] prices) = Sample();
        var line = new WaterLine(nearest: 10, workers: 2);
        Assert.Empty(line.First(book, prices[0]));
        All(line, book, prices[0]);
        for (int i = 1; i < prices.Length; i++)
        {
            ulong[] first = [.. line.First(book, prices[i])];
            ulong[] all = [.. All(line, book, prices[i])];
            Assert.Empty(first.Except(all));

            // A step sinks at most ten here, and those were the ten nearest.
            Assert.Equal(all.Except(UnderWater(book, prices[i - 1])).Order(), first.Except(UnderWater(book, prices[i - 1])).Order());
        }
    }

    [Fact]
    public void First_AccountPaidInMeanwhile_IsJudgedAsItIsNow()
    {
        (ProtocolBook book, CheckpointInputs[] prices) = Sample();
        var line = new WaterLine(nearest: 10, workers: 2);
        All(line, book, prices[0]);
        ulong sunk = line.First(book, prices[1]).Except(UnderWater(book, prices[0])).First();
        BookAccount account = book.Accounts[sunk];
        ProtocolBook paid = book with { Accounts = book.Accounts.With(account with { State = account.State with { CashE8 = 100_000 * Books.One } }) };

        Assert.DoesNotContain(sunk, line.First(paid, prices[1]));
    }

    [Fact]
    public void Take_LookOfAnEarlierBook_FollowsTheBookOfNow()
    {
        (ProtocolBook book, CheckpointInputs[] prices) = Sample();
        var line = new WaterLine(nearest: 10, workers: 2);
        WholeLook look = line.Whole(book, prices[0]);
        ulong sinking = look.Nearest.First(id => UnderWater(book, prices[2]).Contains(id));
        BookAccount account = book.Accounts[sinking];
        ProtocolBook paid = book with { Accounts = book.Accounts.With(account with { State = account.State with { CashE8 = 100_000 * Books.One } }) };
        line.Take(look, paid, prices[1]);

        Assert.DoesNotContain(sinking, line.First(paid, prices[2]));

        // And back, as a reorganisation would.
        Assert.Contains(sinking, line.First(book, prices[2]));
    }

    /// <summary>Interest of one block is not worth touching all anew; what many blocks add up to is.</summary>
    [Fact]
    public void First_InterestOfManyBlocks_IsCounted()
    {
        (ProtocolBook book, CheckpointInputs[] prices) = Sample();
        book = Books.Of([prices[0]], [.. book.Accounts.Values.Select(account => Indebted(account, prices[0]))]);
        var line = new WaterLine(nearest: 200, workers: 2);
        All(line, book, prices[0]);
        Assert.Empty(UnderWater(book, prices[0]));
        for (ulong block = 1; block < 400; block++)
        {
            line.First(book, Later(prices[0], block * 400_000));
        }

        // All are touched when indices have moved by more than a millionth: at every third block, last at the 399th. The block after that brings less than the dime between two accounts.
        CheckpointInputs live = Later(prices[0], 400 * 400_000);
        ulong[] touched = UnderWater(book, Later(prices[0], 399 * 400_000));
        Assert.Equal(touched, line.First(book, live).Order());
        Assert.InRange(UnderWater(book, live).Length, touched.Length, touched.Length + 1);
        Assert.InRange(touched.Length, 50, book.Accounts.Count - 1);
    }

    /// <summary>Sixty ether against a debt that leaves a dime above the margin for each account before it.</summary>
    private static BookAccount Indebted(BookAccount account, CheckpointInputs live)
    {
        BookAccount bare = account with { State = account.State with { CashE8 = 0, Positions = [] }, Balances = [new Balance(1, 60 * (UInt128)1_000_000_000_000_000_000)] };
        AccountFigures figures = MarginEngine.Compute(bare.State, bare.Balances.AsSpan(), live.View, SurfaceChoice.Better);
        Int128 aboveE8 = (Int128)account.Id * Books.One / 10;
        return bare with { State = bare.State with { CashE8 = figures.MaintenanceE8 - figures.EquityE8 + aboveE8 } };
    }

    /// <summary>The same with a debt index that has grown.</summary>
    private static CheckpointInputs Later(CheckpointInputs live, ulong grownE12)
    {
        Checkpoint checkpoint = live.Checkpoint with { Header = live.Checkpoint.Header with { DebtIndexE12 = live.Checkpoint.Header.DebtIndexE12 + grownE12 } };
        return CheckpointInputs.Read(checkpoint.InputsPreimage(static bytes => OnchainMargin.Ethereum.Hashing.Keccak256.Hash(bytes).ToArray()), checkpoint.Underlyings[0].Pack());
    }

    private static IReadOnlyList<ulong> All(WaterLine line, ProtocolBook book, CheckpointInputs live) => line.Take(line.Whole(book, live), book, live);

    private static ulong[] UnderWater(ProtocolBook book, CheckpointInputs live) =>
    [
        .. book.Accounts.Values.Where(account =>
        {
            (AccountState state, System.Collections.Immutable.ImmutableArray<Balance> balances) = AccountTouch.Touched(account, book, live.Checkpoint.Header);
            AccountFigures figures = MarginEngine.Compute(state, balances.AsSpan(), live.View, SurfaceChoice.Better);
            return figures.EquityE8 < figures.MaintenanceE8;
        }).Select(static account => account.Id).Order(),
    ];

    /// <summary>Two hundred long accounts that sink one after another as the price falls, some of them paid in and unswept.</summary>
    private static (ProtocolBook Book, CheckpointInputs[] Prices) Sample()
    {
        CheckpointInputs[] prices = [.. Enumerable.Range(0, 8).Select(static i => Books.Inputs((ulong)i + 1, Books.Start + (12 * i), 2000 - (8 * i)))];
        BookAccount[] accounts =
        [
            .. Enumerable.Range(1, 200).Select(static i =>
            {
                BookAccount account = Books.Account((ulong)i, ((250 + i) * Books.One) - (i % 3 * 50 * Books.One), Books.One, 2000 * Books.One, i % 3 == 0 ? default : [new Balance(0, (UInt128)(i % 3) * 50_000_000)]);
                return account with { State = account.State with { InterestIndexE12 = 1_000_000_000_000 } };
            }),
        ];
        return (Books.Of([prices[0]], accounts), prices);
    }
}
