namespace OnchainMargin.Margin.Tests.Encoding;

public sealed class MarginDomainTests
{
    private const long One = 100_000_000;
    private static readonly UnderlyingRecord Record = Sample.Underlying(1, 100 * One, Sample.Expiry(1000, 100 * One));

    [Fact]
    public void IsUnderlying_EachFieldBeyondItsLimit_IsRefused()
    {
        Assert.True(MarginDomain.IsUnderlying(Record));
        RiskParameters p = Record.Parameters;
        foreach (UnderlyingRecord wrong in (UnderlyingRecord[])
        [
            Record with { SpotE8 = 0 }, Record with { SpotE8 = (1L << 48) + 1 }, Record with { SpreadE8 = Record.SpotE8 + 1 }, Record with { DepthE8 = One - 1 },
            Record with { OpenInterestE8 = (1L << 62) + 1 }, Record with { CumulativeFundingE8 = -(1L << 62) - 1 }, Record with { Parameters = p with { PriceRangeE8 = 999_999 } },
            Record with { Parameters = p with { NettingFloorE8 = 49_999_999 } }, Record with { Parameters = p with { FloorRateE8 = 10_000_001 } },
            Record with { Parameters = p with { RateChargeE8 = 100_000_001 } }, Record with { Parameters = p with { ShortOptionMinimumE8 = 100_000_001 } },
            Record with { Expiries = [Record.Expiries[0], Record.Expiries[0]] }, Record with { Expiries = [Record.Expiries[0] with { DiscountE12 = 0 }] },
            Record with { Expiries = [Record.Expiries[0] with { Present = Record.Expiries[0].Present with { SigmaE8 = 0 } }] },
        ])
        {
            Assert.False(MarginDomain.IsUnderlying(wrong));
        }
    }

    [Fact]
    public void IsHeaderAndIsCollateral_BeyondTheirLimits_AreRefused()
    {
        Checkpoint checkpoint = Sample.Checkpoint(Record);
        Assert.True(MarginDomain.IsHeader(checkpoint.Header) && checkpoint.Collaterals.All(MarginDomain.IsCollateral));
        Assert.False(MarginDomain.IsHeader(checkpoint.Header with { InitialFactorE8 = One - 1 }));
        Assert.False(MarginDomain.IsHeader(checkpoint.Header with { CreditIndexE12 = 999_999 }));
        Assert.False(MarginDomain.IsCollateral(checkpoint.Collaterals[0] with { HaircutE8 = One + 1 }));
    }

    [Fact]
    public void IsStateHeld_CashAndCost_AreBounded()
    {
        Assert.True(MarginDomain.IsStateHeld(new AccountState { CashE8 = (Int128.One << 100) - 1 }));
        Assert.False(MarginDomain.IsStateHeld(new AccountState { CashE8 = -(Int128.One << 100) }));
        Assert.False(MarginDomain.IsStateHeld(new AccountState { Positions = [new Position(Instrument.Perpetual(1), 1, Int128.One << 95)] }));
    }
}
