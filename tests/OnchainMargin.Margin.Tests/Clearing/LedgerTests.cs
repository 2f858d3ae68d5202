namespace OnchainMargin.Margin.Tests.Clearing;

/// <summary>Interest, locked gains, funding, indices and lots, worked by hand.</summary>
public sealed class LedgerTests
{
    private const long One = 100_000_000;
    private const long OneE12 = 1_000_000_000_000;

    private static readonly CheckpointHeader Header = new(1, 1000, 130_000_000, (ulong)(OneE12 * 11 / 10), (ulong)(OneE12 * 105 / 100));
    private static readonly InterestParameters Curve = new(20_000_000_000, 80_000_000, 100_000_000_000, OneE12, 20_000_000);

    [Fact]
    public void Begin_DebtAndCredit_AccrueAgainstTheAccount()
    {
        AccountState debtor = Touches.Begin(new AccountState { CashE8 = -101, InterestIndexE12 = (ulong)OneE12 }, Header, 0, 1000, 1800);
        AccountState creditor = Touches.Begin(new AccountState { CashE8 = 101, InterestIndexE12 = (ulong)OneE12 }, Header, 7, 1000, 1800);
        Assert.Equal(-112, debtor.CashE8);
        Assert.Equal(113, creditor.CashE8);
        AccountState written = Touches.End(debtor, Header, 1234)!;
        Assert.Equal(Header.DebtIndexE12, written.InterestIndexE12);
        Assert.Equal(1u, written.Version);
        Assert.Equal(1234UL, written.LastOperation);
        Assert.Null(Touches.End(debtor with { CashE8 = Int128.One << 100 }, Header, 1));
    }

    [Theory]
    [InlineData(100, 0, 100)]
    [InlineData(100, 900, 50)]
    [InlineData(100, 1799, 1)]
    [InlineData(100, 1800, 0)]
    public void Locked_OverTheWindow_FallsRoundedUp(ulong locked, ulong elapsed, ulong expected) => Assert.Equal(expected, Touches.Locked(locked, elapsed, 1800));

    [Fact]
    public void Lock_GainsOnly_AreLocked()
    {
        Assert.Equal(15UL, Touches.Lock(new AccountState { LockedGainE8 = 5 }, 10).LockedGainE8);
        Assert.Equal(5UL, Touches.Lock(new AccountState { LockedGainE8 = 5 }, -10).LockedGainE8);
        Assert.Equal((ulong)long.MaxValue, Touches.Lock(new AccountState { LockedGainE8 = long.MaxValue }, 1).LockedGainE8);
    }

    [Fact]
    public void Bases_DebtDownCreditUp()
    {
        Assert.Equal(90, Interest.DebtBase(-100, Header.DebtIndexE12));
        Assert.Equal(96, Interest.CreditBase(100, Header.CreditIndexE12));
        Assert.Equal(0, Interest.DebtBase(100, Header.DebtIndexE12));
        Assert.Equal(0, Interest.CreditBase(-100, Header.CreditIndexE12));
    }

    [Fact]
    public void Follow_PartOfAWindow_MovesThatPartTowardZero()
    {
        Assert.Equal(150, Averages.Follow(100, 200, 900, 1800));
        Assert.Equal(100, Averages.Follow(100, 99, 900, 1800));
        Assert.Equal(200, Averages.Follow(100, 200, 1800, 1800));
    }

    [Fact]
    public void Funding_PositivePremium_LongsPay()
    {
        Assert.Equal(1_000_000, Funding.Sample(One, 100 * One, 0, 5_000_000));
        Assert.Equal(-500_000, Funding.Sample(-One, 100 * One, 0, 500_000));
        Assert.Equal(0, Funding.Sample(One, 0, 0, 500_000));
        Assert.Equal(100_000, Funding.Sample(One, 100 * One, 1000 * One, 5_000_000));
        Assert.Equal(450_000 * One, Funding.LeastNotional(5000 * One, 90_000 * One));
        Assert.Equal(90_450 * One, Funding.Mark(90_000 * One, 500_000));
        Assert.Equal(1, Funding.Mark(100, -200_000_000));
        Assert.Equal((Int128)75_000 * 100 * One, Funding.Next(0, 80_000, 100 * One, 28_800, 75_000, 28_800));
        Assert.Equal(-((Int128)One << 62), Funding.Next(-((Int128)One << 62), -80_000, 100 * One, 28_800, 75_000, 28_800));
        Assert.Equal(-(1L << 62), Funding.Told(-((Int128)One << 62)));
    }

    [Fact]
    public void Rates_BelowAndAboveTheKink_AreStraight()
    {
        Assert.Equal(20_000_000_000, InterestRates.Rate(Curve, 0));
        Assert.Equal(60_000_000_000, InterestRates.Rate(Curve, 40_000_000));
        Assert.Equal(100_000_000_000, InterestRates.Rate(Curve, 80_000_000));
        Assert.Equal(550_000_000_000, InterestRates.Rate(Curve, 90_000_000));
        Assert.Equal(OneE12, InterestRates.Rate(Curve, One));
        Assert.Equal(One, InterestRates.Utilisation(5, 5));
        Assert.Equal(0, InterestRates.Utilisation(0, 0));
    }

    /// <summary>Half lent out for a year at 7 %: debts grow 7 %, credits by four fifths of half of it.</summary>
    [Fact]
    public void Accrue_AYear_FeedsCreditsLessTheReserve()
    {
        (long debt, long credit) = InterestRates.Accrue(Curve, OneE12, OneE12, 50 * One, 100 * One, 31_536_000);
        Assert.Equal(OneE12 + 70_000_000_000, debt);
        Assert.Equal(OneE12 + 28_000_000_000, credit);
        Assert.Equal(70_000_000, InterestRates.Reserved(50 * One, 100 * One, debt - OneE12, credit - OneE12));
        Assert.Equal((OneE12, OneE12), InterestRates.Accrue(Curve, OneE12, OneE12, 0, 0, 0));
    }

    /// <summary>Debts of a hundred thousand against a credit of one unit: what they pay would bring its index to 15 millions in a minute.</summary>
    [Fact]
    public void Accrue_DustOfCredit_GrowsAsDebtsDo() =>
        Assert.Equal((1_000_001_902_588, 1_000_001_902_588), InterestRates.Accrue(Curve, OneE12, OneE12, 100_000 * One, 1, 60));

    [Fact]
    public void Lots_SalePriceAndSlices_AreExact()
    {
        Assert.Equal(One, Lots.ForSale(-1, 100, 110_000_000, 20_000_000, 5_000_000));
        Assert.Equal(48_717_949, Lots.ForSale(500 * One, 800 * One, 110_000_000, 20_000_000, 5_000_000));
        Assert.Equal(One, Lots.ForSale(99 * One, 100 * One - 1, 110_000_000, 20_000_000, 5_000_000));
        // Of 1 000 and a unit, which is kept as 1 000.0001: 1 100.00011 of the whole, half of it of the half that is left.
        Assert.Equal((false, true), (Lots.IsRestored(110_000_010_999, 100_000_000_001, 110_000_000, 0), Lots.IsRestored(110_000_011_000, 100_000_000_001, 110_000_000, 0)));
        Assert.Equal((false, true), (Lots.IsRestored(55_000_005_499, 100_000_000_001, 110_000_000, 50_000_000), Lots.IsRestored(55_000_005_500, 100_000_000_001, 110_000_000, 50_000_000)));
        Assert.False(Lots.IsRestored(0, 0, 110_000_000, 0));
        Assert.Equal(10_000_000, Lots.Discount(600, 20_000_000, 1200));
        Assert.Equal(20_000_000, Lots.Discount(6000, 20_000_000, 1200));
        Assert.Equal(45, Lots.PayUp(100, 50_000_000, 10_000_000));
        Assert.Equal(-33, Lots.Sold(-100, 33_500_000));
    }
}
