using OnchainMargin.Models.Volatility;

namespace OnchainMargin.Models.Tests.Volatility;

public sealed class RealizedVolatilityTests
{
    private const double Annual = 0.6;
    private const double HoursPerYear = 8760;

    [Fact]
    public void Estimators_SimulatedDiffusion_FindItsVolatility()
    {
        var bars = Simulate(drift: 0, gap: 0, seed: 7);

        // Four standard errors of each estimator over 4,000 bars; the range of a path seen 500 times a bar is a little short.
        Assert.Equal(Annual, RealizedVolatility.CloseToClose(bars, HoursPerYear), 0.027);
        Assert.Equal(Annual, RealizedVolatility.Parkinson(bars, HoursPerYear), 0.035);
        Assert.Equal(Annual, RealizedVolatility.GarmanKlass(bars, HoursPerYear), 0.035);
        Assert.Equal(Annual, RealizedVolatility.YangZhang(bars, HoursPerYear), 0.035);
    }

    [Fact]
    public void YangZhang_DriftAndGaps_SeesTheGapsAndNotTheDrift()
    {
        var drifting = Simulate(drift: 40, gap: 0, seed: 11);
        var gapping = Simulate(drift: 0, gap: Annual, seed: 11);

        Assert.Equal(Annual, RealizedVolatility.YangZhang(drifting, HoursPerYear), 0.035);
        Assert.True(RealizedVolatility.Parkinson(drifting, HoursPerYear) > RealizedVolatility.YangZhang(drifting, HoursPerYear));
        Assert.Equal(Annual * Math.Sqrt(2), RealizedVolatility.YangZhang(gapping, HoursPerYear), 0.05);
        Assert.Equal(Annual, RealizedVolatility.GarmanKlass(gapping, HoursPerYear), 0.035);
    }

    [Fact]
    public void CloseToClose_KnownSteps_IsTheirSampleDeviation()
    {
        Bar[] bars = [Flat(100), Flat(110), Flat(99), Flat(108.9)];
        double[] steps = [Math.Log(1.1), Math.Log(0.9), Math.Log(1.1)];
        var mean = steps.Average();
        Assert.Equal(Math.Sqrt(steps.Sum(s => (s - mean) * (s - mean)) / 2 * 365), RealizedVolatility.CloseToClose(bars, 365), 1e-12);
    }

    [Fact]
    public void Estimators_BarWithLowAboveClose_NameTheBar()
    {
        var error = Assert.Throws<ArgumentException>(() => RealizedVolatility.Parkinson([Flat(1), new Bar(100, 110, 101, 105)], 365));
        Assert.Contains("bar 1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.94, 0.0190, 0.12000286, 0.03468977)]
    [InlineData(0.90, 0.01, 0.02, 0.01140175)]
    public void Ewma_TextbookExamples_AreReproduced(double decay, double deviation, double step, double expected) =>
        Assert.Equal(expected, Math.Sqrt(Ewma.Next(deviation * deviation, step, decay)), 1e-6 * expected);

    [Fact]
    public void Ewma_DecayOfOne_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => Ewma.Next(1, 1, 1));

    private static Bar Flat(double price) => new(price, price, price, price);

    private static Bar[] Simulate(double drift, double gap, int seed)
    {
        const int Steps = 500;
        var random = new Random(seed);
        double Normal() => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
        var step = Annual / Math.Sqrt(HoursPerYear * Steps);
        var price = 0.0;
        return [.. Enumerable.Range(0, 4000).Select(_ =>
        {
            price += gap / Math.Sqrt(HoursPerYear) * Normal();
            double open = price, high = price, low = price;
            for (var i = 0; i < Steps; i++)
            {
                price += (drift / (HoursPerYear * Steps)) + (step * Normal());
                high = Math.Max(high, price);
                low = Math.Min(low, price);
            }

            return new Bar(Math.Exp(open), Math.Exp(high), Math.Exp(low), Math.Exp(price));
        })];
    }
}
