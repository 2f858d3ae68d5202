using OnchainMargin.Margin;
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

    /// <summary>A price sinks what somebody made by the thousand, then what matters; a start costs 0.055 of gas and brings nothing.</summary>
    [Fact]
    public async Task Start_DustHasSpentTheDay_OnlyWhatMattersIsStarted()
    {
        var time = new FakeTime();
        var options = new KeeperOptions { DutyCostE8 = Books.One, DutyDayE8 = 3 * Books.One / 10, NativePriceE8 = 100 * Books.One };
        var lines = new LogLines<KeeperRole>();
        using TransactionManager manager = Manager(time);
        await LookAsync(BookOf([], Dust()), time, options, lines, manager);
        Assert.Equal(5, Started());
        Assert.Contains(lines.Said, static line => line.Contains("with 0.70 at stake that is dust, and dust has cost the 0.30 of keeper:dutyDayE8 within a day", StringComparison.Ordinal));

        BookAccount owing = UnderWater(50, 1);
        owing = owing with { State = owing.State with { Positions = [owing.State.Positions[0] with { SizeE8 = 1000 * Books.One, CostE8 = 200_000 * (Int128)Books.One }] } };
        (BookAccount account, BookLot lot) = Lot(7, 51, 19, -1);
        await LookAsync(BookOf([lot], [.. Dust(), owing, account]), time, options, manager: manager);
        string[] expected = [Intent("start", owing), KeeperKeys.Of("take-over", lot)];
        Assert.Equal(expected, Store.UnsettledOf(Key.Address).Skip(5).Select(static entry => entry.Intent).Order(StringComparer.Ordinal));

        // Another keeper over the same store, as after a restart: of what was to be paid for dust nothing is left, and all of what matters is done.
        using TransactionManager second = Manager(time);
        await LookAsync(BookOf([lot], [.. Dust(), owing, account]), time, options, manager: second);
        Assert.Equal(7, Started());
        time.Pass(86_401);
        await LookAsync(BookOf([], Dust()), time, options, manager: second);
        Assert.Equal(12, Started());
    }

    /// <summary>The clock was a month ahead when dust was started; another keeper, or the same after that was seen, has its day.</summary>
    [Fact]
    public async Task Start_DustWasStartedByAClockThatWasAhead_LeavesTheDayWhole()
    {
        var options = new KeeperOptions { DutyCostE8 = Books.One, DutyDayE8 = 3 * Books.One / 10, NativePriceE8 = 100 * Books.One };
        var ahead = new FakeTime();
        ahead.Pass(30 * 86_400);
        using TransactionManager first = Manager(ahead);
        await LookAsync(BookOf([], Dust()), ahead, options, manager: first);
        Assert.Equal(5, Started());
        var time = new FakeTime();
        using TransactionManager second = Manager(time);
        await LookAsync(BookOf([], Dust()), time, options, manager: second);
        Assert.Equal(10, Started());
    }

    /// <summary>Half an hour of a crash at a coin of 100, with a day and a duty of a thirtieth of the defaults: what is charged is what is paid, some 0.36 a start, and not the gas limit at twice the base fee.</summary>
    [Fact]
    public async Task Start_OrdinaryOnesThatArePaidForInPart_GoOnPastTheHundredAndFiftieth()
    {
        Node.Gas = 494_000;
        Node.Asked = new GasOffer(61_000_000_000UL, 1_000_000_000UL);
        var options = new KeeperOptions { DutyCostE8 = 100 * Books.One / 30, DutyDayE8 = 5_000 * Books.One / 30, NativePriceE8 = 100 * Books.One };
        ProtocolBook paying = PayingBook();
        ProtocolBook book = BookOf([], [.. Enumerable.Range(1, 200).Select(static id => Scaled((ulong)id, 2 * Books.One, 25 * Books.One))]);
        book = book with { Parameters = book.Parameters with { Liquidation = paying.Parameters.Liquidation with { RewardGas = 390_000 } } };
        var time = new FakeTime();
        using TransactionManager manager = Manager(time);
        await LookAsync(book, time, options, manager: manager);
        Assert.Equal(200, Started());

        // 494,000 gas at 31 gwei less 390,000 at 30, each.
        Assert.Equal(200 * (Int128)36_140_000, manager.ChargedSince(0));
    }

    /// <summary>Not a cent may go to dust: a settlement of others' positions waits, and all that somebody has something to lose by is done.</summary>
    [Fact]
    public async Task RunOnce_NothingIsLeftForDust_WhatMattersIsDone()
    {
        var expired = Instrument.Future(1, (uint)(Books.Start - 86_400));
        BookAccount serving = UnderWater(1, 1, 100_000), settling = UnderWater(2, 1, 100_000);
        settling = settling with { State = settling.State with { Positions = [settling.State.Positions[0] with { Instrument = expired }] } };
        ProtocolBook book = BookOf([], serving, settling);
        book = book with
        {
            Needs = book.Needs.Add(serving.State.Positions[0].Instrument, -Books.One).Add(expired, Books.One),
            Settlements = book.Settlements.With(1, expired.Expiry, 100 * Books.One),
            Ledger = book.Ledger with { FeesE8 = 300 * (UInt128)Books.One, DeficitE8 = 200 * (UInt128)Books.One },
            Held = book.Held.Add(Key.Address, 2 * (UInt128)Books.One),
        };
        var options = new KeeperOptions { DutyCostE8 = Books.One, DutyDayE8 = 0, NativePriceE8 = 100 * Books.One };
        var lines = new LogLines<KeeperRole>();
        await LookAsync(book, options: options, logger: lines);
        Assert.Collection(
            Store.UnsettledOf(Key.Address).Select(static entry => entry.Intent),
            static intent => Assert.StartsWith("serve account 1 at", intent, StringComparison.Ordinal),
            static intent => Assert.StartsWith("settle need ", intent, StringComparison.Ordinal),
            static intent => Assert.StartsWith("claim ", intent, StringComparison.Ordinal),
            static intent => Assert.StartsWith("cover losses ", intent, StringComparison.Ordinal));
        Assert.Contains(lines.Said, static line => line.Contains("account 2: day-spent: settle waits", StringComparison.Ordinal));
    }

    private static BookAccount[] Dust() => [.. Enumerable.Range(1, Sinking).Select(static id => Scaled((ulong)id, Books.One / 20, Books.One / 100))];

    /// <summary>An account under water of any size, at a spot of 100 and a range of 14 %.</summary>
    private static BookAccount Scaled(ulong id, long sizeE8, long cashE8)
    {
        BookAccount account = UnderWater(id, 1);
        return account with { State = account.State with { CashE8 = cashE8, Positions = [account.State.Positions[0] with { SizeE8 = sizeE8, CostE8 = 100 * (Int128)sizeE8 }] } };
    }

    private int Started() => Node.Broadcasts.Count(static sent => !sent.Transaction.Data.IsEmpty);
}
