using OnchainMargin.Models.Surfaces;

namespace OnchainMargin.Models.Tests.Surfaces;

public sealed class SurfaceTargetTests
{
    private const long Time = 1_700_000_000;
    private const double YearSeconds = 365 * 86_400;

    private static readonly FittedSurface Fit = new("ETH", Time, 100, [Fitted(7, 101, new SviSlice(0.003, 0.02, -0.4, 0.02, 0.1)), Fitted(28, 104, new SviSlice(0.012, 0.05, -0.2, -0.05, 0.25))], []);

    [Theory]
    [InlineData(7.02)]
    [InlineData(14)]
    [InlineData(27)]
    public void Between_TwoFits_LiesBetweenThemOnALineAtTheForward(double days)
    {
        SurfaceTarget target = SurfaceTarget.Between(Fit, Expiry(days));
        double part = (target.Years - Fit.Expiries[0].Years) / (Fit.Expiries[1].Years - Fit.Expiries[0].Years);
        double Line(double k) => ((1 - part) * Fit.Expiries[0].Slice.TotalVariance(k)) + (part * Fit.Expiries[1].Slice.TotalVariance(k));
        Assert.Equal(Line(0), target.Slice.TotalVariance(0), 1e-12);
        Assert.Equal(Math.Log(1.01) + (part * Math.Log(1.04 / 1.01)), Math.Log(target.ForwardRatio), 1e-12);
        for (double k = -0.5; k <= 0.5; k += 0.1)
        {
            Assert.InRange(target.Slice.TotalVariance(k), Fit.Expiries[0].Slice.TotalVariance(k), Fit.Expiries[1].Slice.TotalVariance(k));
            Assert.InRange(target.Slice.TotalVariance(k) / Line(k), 0.97, 1.03);
        }
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(90, 1)]
    public void Between_OnlyOneFitBeside_HasItsVolatilityAndCarry(double days, int beside)
    {
        SurfaceTarget target = SurfaceTarget.Between(Fit, Expiry(days));
        FittedExpiry one = Fit.Expiries[beside];
        Assert.Equal(one.Slice.Volatility(0.1, one.Years), target.Slice.Volatility(0.1, target.Years), 1e-12);
        Assert.Equal(Math.Log(one.Forward / Fit.Spot) / one.Years, Math.Log(target.ForwardRatio) / target.Years, 1e-9);
    }

    [Fact]
    public void Between_SlicesWithoutAnyBend_IsFlat() => Assert.Equal(0.03, SviSlice.Between(SviSlice.Flat(0.02), SviSlice.Flat(0.04), 0.5).TotalVariance(0.3), 1e-12);

    private static uint Expiry(double days) => (uint)(Time + (days * 86_400));

    private static FittedExpiry Fitted(double days, double forward, SviSlice slice) => new()
    {
        Expiry = Expiry(days),
        Years = (Expiry(days) - Time) / YearSeconds,
        Forward = forward,
        Slice = slice,
        Raw = slice,
        Points = [],
        RawFreeOfButterflies = true,
        RawFreeOfCalendars = true,
    };
}
