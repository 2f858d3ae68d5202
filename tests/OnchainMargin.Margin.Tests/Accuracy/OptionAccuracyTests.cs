using System.Numerics;
using OnchainMargin.Oracle;
using Xunit.Abstractions;

namespace OnchainMargin.Margin.Tests.Accuracy;

/// <summary>Option values against Black-76 from series, over the domain of the bar: τ of 1 minute to 2 years, σ of 1 % to 500 %, K/F of 1/20 to 20.</summary>
public sealed class OptionAccuracyTests(ITestOutputHelper output)
{
    private const long Year = 31_536_000;
    private const long ForwardMax = 562_949_953_421_312;
    private static readonly long[] Taus = [60, 61, 600, 1800, 3600, 14_400, 86_400, 604_800, 2_592_000, 7_776_000, Year, 2 * Year];
    private static readonly double[] Volatilities = [0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 1.0, 1.5, 2.0, 3.0, 5.0];
    private static readonly long[] Forwards = [100_000_000, 200_000_000_000, ForwardMax];

    [Fact]
    public void Mark_WholeDomain_IsWithinOnePartInAHundredMillionOfTheForwardOrAUnit()
    {
        double worst = 0;
        double worstUnits = 0;
        string where = string.Empty;
        int count = 0;
        foreach ((long forward, long strike, long tau, long variance) in Cases())
        {
            long mark = Quote.Mark(true, forward, strike, tau, variance);
            double error = Math.Abs(Quote.Error(mark, Quote.Reference(forward, strike, tau, variance)));
            count++;
            if (error > 1 && error / forward > worst)
            {
                worst = error / forward;
                where = $"K/F {(double)strike / forward:G4}, τ {tau} s, σ {100 * Math.Sqrt(variance / 1e12):G3} %";
            }

            worstUnits = forward == Forwards[0] ? Math.Max(worstUnits, error) : worstUnits;
            Assert.True(error <= Math.Max(1e-8 * forward, 1), $"F {forward}, K {strike}, τ {tau}, variance {variance}: off by {error:G4} units");
        }

        output.WriteLine($"{count} options: largest error above one unit {worst:G4} of the forward ({where}); at a forward of 1: {worstUnits:G3} units");
        Assert.True(count > 4000);
    }

    [Fact]
    public void Scenarios_UnshockedVolatility_AreWithinTheSameBoundOfTheMovedForward()
    {
        double worst = 0;
        foreach ((long forward, long strike, long tau, long variance) in Cases().Where((_, i) => i % 7 == 0))
        {
            long[] values = Quote.Values(true, forward, strike, tau, variance);
            BigInteger range = (BigInteger)16_000_000 * Math.Min(tau, 1800) / 1800;
            for (int q = -4; q <= 4; q += 2)
            {
                BigInteger moved = Integers.Near(forward * ((4 * SpecConstants.One) + (q * range)), 4 * SpecConstants.One);
                double error = Math.Abs(Quote.Error(values[(3 * (q + 4)) + 1], Quote.Reference(moved, strike, tau, variance)));
                worst = Math.Max(worst, error > 2 ? error / (double)moved : 0);
                Assert.True(error <= Math.Max(1e-8 * (double)moved, 2), $"q {q}, F {forward}, K {strike}, τ {tau}, variance {variance}: off by {error:G4} units");
            }
        }

        output.WriteLine($"scenarios: largest error above two units {worst:G4} of the moved forward");
    }

    [Fact]
    public void Parity_CallLessPut_IsForwardLessStrikeExactly()
    {
        const long discount = 912_345_678_901;
        foreach ((long forward, long strike, long tau, long variance) in Cases().Where((_, i) => i % 11 == 0))
        {
            long a = (long)Integers.Near((BigInteger)discount * forward, SpecConstants.OneE12);
            long b = (long)Integers.Near((BigInteger)discount * strike, SpecConstants.OneE12);
            Assert.Equal(a - b, Quote.Mark(true, forward, strike, tau, variance, discount) - Quote.Mark(false, forward, strike, tau, variance, discount));
        }
    }

    /// <summary>What holds: a step that cannot lower the true value lowers the integer by at most the bound of accuracy, max(10⁻⁸·F, 2 units); measured, by less.</summary>
    [Fact]
    public void Mark_StepsOfForwardVolatilityAndStrike_NeverFallByMoreThanTheBound()
    {
        double inForward = 0;
        double inVolatility = 0;
        double inStrike = 0;
        foreach ((long forward, long strike, long tau, long variance) in Cases().Where((_, i) => i % 5 == 0))
        {
            long mark = Quote.Mark(true, forward, strike, tau, variance);
            foreach (long step in new[] { 1, Math.Max(1, forward / 1_000_000), Math.Max(1, forward / 1000) })
            {
                inForward = Math.Max(inForward, Fall(mark, Quote.Mark(true, Math.Min(forward + step, ForwardMax), strike, tau, variance), forward));
                inStrike = Math.Max(inStrike, Fall(Quote.Mark(true, forward, strike + (Math.Max(1, step / 10_000) * 10_000), tau, variance), mark, forward));
            }

            foreach (long parts in new[] { 1_000_000, 1000, 10 })
            {
                inVolatility = Math.Max(inVolatility, Fall(mark, Quote.Mark(true, forward, strike, tau, variance + Math.Max(1, variance / parts)), forward));
            }
        }

        output.WriteLine($"largest fall above two units, of the forward: in F {inForward:G4}, in σ {inVolatility:G4}, in K {inStrike:G4}");
        Assert.InRange(Math.Max(inForward, Math.Max(inVolatility, inStrike)), 0, 1e-8);
    }

    [Fact]
    public void Mark_BeyondTheDomain_IsHeldAndWithinTheBoundsOfNoArbitrage()
    {
        long[] strikes = [10_000, 100_000_000, ((1L << 40) - 1) * 10_000];
        foreach (long forward in new[] { 1, 2, 10_000, 100_000_000, ForwardMax })
        {
            foreach (long strike in strikes)
            {
                foreach (long tau in new[] { -100_000L, 0, 1, 59, 60, 61, 70 * Year })
                {
                    foreach (long variance in new[] { -(1L << 53), 0, 1, 1L << 53 })
                    {
                        long tolerance = Math.Max(2, forward / 100_000_000);
                        long[] values = Quote.Values(true, forward, strike, tau, variance);
                        Assert.All(values, value => Assert.InRange(value, -3 * tolerance, (3 * forward) + tolerance));
                        Assert.InRange(values[Scenarios.Mark], Math.Max(0, forward - strike) - tolerance, forward + tolerance);
                    }
                }
            }
        }
    }

    private static double Fall(long before, long after, long forward) => before - after > 2 ? (double)(before - after) / forward : 0;

    private static IEnumerable<(long Forward, long Strike, long Tau, long Variance)> Cases()
    {
        foreach (long forward in Forwards)
        {
            foreach (long tau in Taus)
            {
                foreach (double volatility in Volatilities)
                {
                    for (int j = -6; j <= 6; j++)
                    {
                        double ratio = Math.Pow(20, j / 6.0);
                        if (ratio * forward < 1e16)
                        {
                            yield return (forward, Strike(forward, ratio), tau, (long)Math.Round(volatility * volatility * 1e12));
                        }
                    }
                }
            }
        }

        var random = new Random(21);
        for (int i = 0; i < 1500; i++)
        {
            long forward = Forwards[i % 2];
            long tau = (long)(60 * Math.Pow(2.0 * Year / 60, random.NextDouble()));
            double volatility = 0.01 * Math.Pow(500, random.NextDouble());

            // Half the cases lie within a few deviations of the money, where the errors are.
            double deviation = volatility * Math.Sqrt((double)tau / Year);
            double log = i % 4 < 2 ? Math.Log(20) * ((2 * random.NextDouble()) - 1) : Math.Clamp(4 * deviation * ((2 * random.NextDouble()) - 1), -2.9, 2.9);
            yield return (forward, Strike(forward, Math.Exp(log)), tau, (long)Math.Round(volatility * volatility * 1e12));
        }
    }

    private static long Strike(long forward, double ratio) => Math.Max(1, (long)Math.Round(forward * ratio / 10_000)) * 10_000;
}
