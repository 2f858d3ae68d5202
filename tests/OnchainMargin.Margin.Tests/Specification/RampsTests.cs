namespace OnchainMargin.Margin.Tests.Specification;

/// <summary>Parameters on their way, where the numbers are those of the specification.</summary>
public sealed class RampsTests
{
    /// <summary>Rounded towards the target on either way, so that what is on its way asks for no less than the line.</summary>
    [Theory]
    [InlineData(14_000_000, 18_000_000, 43_201, 86_400, 16_000_047)]
    [InlineData(18_000_000, 14_000_000, 43_201, 86_400, 15_999_953)]
    [InlineData(14_000_000, 18_000_000, 0, 86_400, 14_000_000)]
    [InlineData(14_000_000, 18_000_000, 1, 86_400, 14_000_047)]
    [InlineData(14_000_000, 18_000_000, 86_399, 86_400, 17_999_954)]
    [InlineData(14_000_000, 18_000_000, 86_400, 86_400, 18_000_000)]
    [InlineData(14_000_000, 18_000_000, 90_000, 86_400, 18_000_000)]
    [InlineData(5, 5, 1, 3600, 5)]
    [InlineData(0, 7, 0, 0, 7)]
    [InlineData(0, ulong.MaxValue, 2_591_999, 2_592_000, 18_446_736_956_910_140_462)]
    public void ValueAt_OnTheWay_IsRoundedTowardsTheTarget(ulong from, ulong to, ulong elapsed, ulong duration, ulong expected) =>
        Assert.Equal(expected, Ramps.ValueAt(from, to, elapsed, duration));

    [Fact]
    public void TokenAt_AllThreeFields_GoSideBySide() => Assert.Equal(
        new HaircutParameters(5_125_000, 15_041_667, 479_166),
        Ramps.TokenAt(new HaircutParameters(5_000_000, 15_000_000, 500_000), new HaircutParameters(8_000_000, 16_000_000, 0), 3600, 86_400));

    /// <summary>What the setters of the contract hold: the largest price range is the last that they take.</summary>
    [Theory]
    [InlineData(16_000_000, 400_000, 130_000_000, 25_923_076)]
    [InlineData(15_000_000, 400_000, 130_000_000, 26_923_076)]
    [InlineData(15_000_000, 20_000_000, 130_000_000, 21_923_076)]
    [InlineData(70_000_000, 400_000, 130_000_000, -28_076_923)]
    public void PriceRangeMost_IsTheLastThatTheCoupledBoundTakes(uint haircutMaxE8, uint basisChargeE8, long factorE8, long expected)
    {
        var p = new RiskParameters(14_000_000, 45_000_000, 50_000_000, 1_000_000, basisChargeE8, 7_500_000, 1_000_000, 10_000_000, 5_000_000, 10_000_000, 1_000_000, 1_000_000, 50_000_000);

        Assert.Equal(expected, p.PriceRangeMostE8(haircutMaxE8, factorE8));
        if (expected > 0)
        {
            Int128 one = (Int128)Rounding.One * Rounding.One;
            Assert.True(RiskParameters.AskedOfCollateralE16(p with { PriceRangeE8 = (uint)expected }, haircutMaxE8, factorE8) <= one);
            Assert.True(RiskParameters.AskedOfCollateralE16(p with { PriceRangeE8 = (uint)expected + 1 }, haircutMaxE8, factorE8) > one);
        }
    }
}
