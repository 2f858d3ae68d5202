using OnchainMargin.Protocol.Book;
using OnchainMargin.Solver.Keeping;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Tests.Keeping;

/// <summary>Anybody opens accounts of a dollar by the thousand and sinks them together with one that matters.</summary>
public sealed class DustTests : KeeperWorld
{
    [Fact]
    public async Task Start_AThousandDustAndOneLarge_LargeIsAmongTheFirst()
    {
        BookAccount small = UnderWater(1001, 1);
        BookAccount large = small with { State = small.State with { Positions = [small.State.Positions[0] with { SizeE8 = 1000 * Books.One, CostE8 = 100_000 * (Int128)Books.One }] } };
        await LookAsync(BookOf([], [.. Enumerable.Range(1, 1000).Select(static id => UnderWater((ulong)id, 1)), large]));
        Assert.Equal(1001, Node.Broadcasts.Count);
        Assert.InRange(Store.FindInOutbox(KeeperKeys.Of("start", large))!.Nonce, 0UL, 31UL);
    }

    [Fact]
    public async Task Start_DutiesOfTheDayAreSpent_OnlyWhatPaysIsStarted()
    {
        // A start costs 0.13 of gas, and brings nothing where the account has next to no equity.
        var time = new FakeTime();
        var options = new KeeperOptions { DutyCostE8 = Books.One, DutyDayE8 = 7 * Books.One / 10, NativePriceE8 = 100 * Books.One };
        var lines = new LogLines<KeeperRole>();
        using TransactionManager manager = Manager(time);
        await LookAsync(Book(), time, options, lines, manager);
        Assert.Equal(5, Started());
        Assert.Contains(lines.Said, static line => line.Contains("what brings less than its gas has cost the 0.70 of keeper:dutyDayE8 within a day", StringComparison.Ordinal));

        // Another keeper over the same store, as after a restart.
        await LookAsync(Book(), time, options, manager: manager);
        Assert.Equal(5, Started());
        await LookAsync(PayingBook(), time, options, manager: manager);
        Assert.Equal(Sinking, Started());

        time.Pass(86_401);
        await LookAsync(Book(2), time, options, manager: manager);
        Assert.Equal(Sinking + 5, Started());
    }

    private int Started() => Node.Broadcasts.Count(static sent => !sent.Transaction.Data.IsEmpty);
}
