namespace OnchainMargin.Margin.Tests.Clearing;

/// <summary>Settlement at expiry, worked by hand (CLR-018).</summary>
public sealed class ExpiriesTests
{
    private const long One = 100_000_000;
    private const uint Expiry = 1_800_000_000;

    private static readonly Instrument Call = Instrument.Call(1, Expiry, 95_000 * 10_000L);
    private static readonly Instrument Put = Instrument.Put(1, Expiry, 95_000 * 10_000L);
    private static readonly Instrument Future = Instrument.Future(1, Expiry);

    [Theory]
    [InlineData(101_000, 6_000, 0)]
    [InlineData(95_000, 0, 0)]
    [InlineData(80_000, 0, 15_000)]
    public void PayoffE8_OfEachKind_IsWhatItIsInTheMoney(long price, long ofCall, long ofPut)
    {
        Assert.Equal(ofCall * One, Expiries.PayoffE8(Call, price * One));
        Assert.Equal(ofPut * One, Expiries.PayoffE8(Put, price * One));
        Assert.Equal(price * One, Expiries.PayoffE8(Future, price * One));
    }

    [Fact]
    public void Close_BothSides_RoundsAgainstEach()
    {
        (Int128 paid, Int128 fromShort) = Expiries.Close(new Position(Call, -1, 0), (95_000 * One) + 1);
        (Int128 got, Int128 fromLong) = Expiries.Close(new Position(Call, 1, 0), (95_000 * One) + 1);
        Assert.Equal((-1, 1), (paid, fromShort));
        Assert.Equal((0, 0), (got, fromLong));
    }

    [Fact]
    public void Settle_FixedPricesOnly_MoveCashAndLockTheSum()
    {
        var later = Instrument.Future(1, Expiry + 1);
        var state = new AccountState
        {
            CashE8 = 1000 * One,
            Positions = [new(Future, One, 90_000 * One), new(Call, -One, 0), new(later, One, 90_000 * One)],
        };
        AccountState settled = Expiries.Settle(state, instrument => instrument.Expiry == Expiry ? 101_000 * One : 0);
        Assert.Equal((1000 + 11_000 - 6_000) * (Int128)One, settled.CashE8);
        Assert.Equal(5_000UL * One, settled.LockedGainE8);
        Assert.Equal(later, Assert.Single(settled.Positions).Instrument);
        Assert.Same(settled, Expiries.Settle(settled, static _ => 0));
    }
}
