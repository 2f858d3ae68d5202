using FsCheck;
using FsCheck.Fluent;
using OnchainMargin.Margin.Tests.Encoding;

namespace OnchainMargin.Margin.Tests.Clearing;

public sealed class FillsTests
{
    private const long One = 100_000_000;
    private static readonly Instrument Perpetual = Instrument.Perpetual(1);

    /// <summary>The example of CLR-011.</summary>
    [Fact]
    public void Add_SellOneOfThree_RealisesProRataAgainstTheAccount()
    {
        Int128 value = Fills.ValueUp(-One, 120 * One, 0);
        (Position after, Int128 realised) = Fills.Add(new Position(Perpetual, 3 * One, (300 * One) + 1), -One, value);
        Assert.Equal(-120 * One, value);
        Assert.Equal((20 * One) - 1, realised);
        Assert.Equal(new Position(Perpetual, 2 * One, 200 * One), after);
    }

    [Fact]
    public void Add_ThroughZero_OpensTheOtherSideAtThePrice()
    {
        (Position after, Int128 realised) = Fills.Add(new Position(Perpetual, One, 100 * One), -3 * One, Fills.ValueUp(-3 * One, 90 * One, 0));
        Assert.Equal(-10 * One, realised);
        Assert.Equal(new Position(Perpetual, -2 * One, -180 * One), after);
    }

    [Fact]
    public void Add_AnyFill_LowersCashLessCostByExactlyItsValue()
    {
        Gen<(long S, Int128 C, long D, Int128 V)> cases =
            from s in EncodingGenerators.Signed(53)
            from c in EncodingGenerators.Signed(90)
            from d in EncodingGenerators.Signed(53)
            from v in EncodingGenerators.Signed(90)
            select ((long)s, s == 0 ? 0 : c, d == 0 ? 1 : (long)d, v);
        Check.QuickThrowOnFailure(Prop.ForAll(cases.ToArbitrary(), x =>
        {
            (Position after, Int128 realised) = Fills.Add(new Position(Perpetual, x.S, x.C), x.D, x.V);
            return realised - after.CostE8 == -x.C - x.V && after.SizeE8 == x.S + x.D && (after.SizeE8 != 0 || after.CostE8 == 0);
        }));
    }

    [Fact]
    public void Add_ToState_KeepsPositionsSortedAndDropsClosedOnes()
    {
        AccountState state = Sample.State(0, new Position(Perpetual, One, 5), new Position(Instrument.Perpetual(3), One, 0));
        FillOutcome second = Fills.Add(state, Instrument.Perpetual(2), 2 * One, 7)!;
        Assert.Equal([1, 2, 3], second.State.Positions.Select(p => (int)p.Instrument.Underlying));
        FillOutcome closed = Fills.Add(second.State, Instrument.Perpetual(2), -2 * One, -7)!;
        Assert.Equal(state, closed.State);
        Assert.Null(Fills.Add(state, Perpetual, 1L << 53, 0));
    }

    [Fact]
    public void Add_Option_MovesItsPremiumThroughCash()
    {
        Instrument call = Instrument.Call(1, 100, 5);
        FillOutcome outcome = Fills.Add(Sample.State(10 * One), call, 2 * One, Fills.ValueUp(2 * One, 3 * One, 0))!;
        Assert.Equal(4 * One, outcome.State.CashE8);
        Assert.Equal(new Position(call, 2 * One, 0), outcome.State.Positions[0]);
    }

    [Fact]
    public void ValueUp_WithFunding_RoundsAgainstTheAccount()
    {
        Assert.Equal(1, Fills.ValueUp(1, 1, 0));
        Assert.Equal(0, Fills.ValueUp(-1, 1, 0));
        Assert.Equal(97 * One, Fills.ValueUp(One, 100 * One, 3 * One));
    }

    [Fact]
    public void FeeUp_AndLimits_AreExact()
    {
        Assert.Equal(50_000, Fees.FeeUp(-One, One, 50_000));
        Assert.Equal(1, Fees.FeeUp(1, 1, 50_000));
        Assert.Equal(5, Fees.BandE8(119, 5_000_000));
        // Of an option the widest of three: the mark's, half the vega's, a hundred-thousandth of the forward.
        Assert.Equal(5 * One, Fees.OptionBandE8(100 * One, 3_000 * One, 40 * One, 5_000_000, 10_000_000));
        Assert.Equal(10 * One, Fees.OptionBandE8(100 * One, 3_000 * One, -200 * One, 5_000_000, 10_000_000));
        Assert.Equal(3_000_000, Fees.OptionBandE8(0, 3_000 * One, 0, 5_000_000, 10_000_000));
        Assert.True(Fees.Reduces(5, -5));
        Assert.False(Fees.Reduces(5, -6));
        Assert.False(Fees.Reduces(0, 1));
        Assert.False(Fees.Reduces(5, 1));
        Assert.Equal(-5, Fees.OpenInterestChange(5, -3));
    }
}
