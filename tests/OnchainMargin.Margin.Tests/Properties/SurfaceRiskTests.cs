using Xunit.Abstractions;

namespace OnchainMargin.Margin.Tests.Properties;

/// <summary>What an hour of lies moves options by, against what ORC-015 says of it: prices by Black's formula in doubles, at strikes from an eighth to eight times the forward.</summary>
public sealed class SurfaceRiskTests(ITestOutputHelper output)
{
    private const long Forward = 9_000_000_000_000;
    private const long Market = Forward;
    private const double Q32 = 4_294_967_296;
    private const double E8 = 1e8;
    private const double E12 = 1e12;
    private const int Strikes = 161;
    private const int Middle = 6;
    private static readonly double Farthest = Math.Log(8);
    private static readonly SurfaceBands Bands = new(15_000_000, 500_000, 1_000_000, 25_000_000, 5_000_000, 500_000_000);

    /// <summary>Surfaces of 20 to 500 %, many with steep wings: after a silent hour a whole step of every volatility and the forward, then an hour of steps, up or down.</summary>
    [Theory]
    [InlineData(0.3)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(30)]
    [InlineData(90)]
    [InlineData(365)]
    [InlineData(730)]
    public void RiskE6_IsNotExceededByAnHourOfSteps(double days)
    {
        long tau = (long)(days * 86_400);
        var random = new Random(15);
        double step = SurfaceChecks.AllowedStepE8(Bands, tau, 3600) / E8;
        double largest = 0, former = 0;
        for (int i = 0; i < 150; i++)
        {
            PublishedSurface before = Drawn(random, tau);
            foreach (int sign in (int[])[-1, 1])
            {
                double factor = (1 + (sign * step)) * Math.Exp(sign * step);
                PublishedSurface after = Moved(before, factor * factor, 1 + (sign * 2 * Bands.ForwardStepE8 / E8));
                (double ratio, double formerly) = Ratios(before, after, tau);
                Assert.True(ratio <= 1, $"{before} after {days} days: {ratio:F3} of what the rule says");
                (largest, former) = (Math.Max(largest, ratio), Math.Max(former, formerly));
            }
        }

        output.WriteLine($"{days} days: {largest:F3} of the risk at most; by the largest volatility within two units of the forward it would be {former:F3}");
    }

    /// <summary>Wings that rise beyond the points at two units: more than the volatilities within them say.</summary>
    [Fact]
    public void RiskE6_SeesWingsBeyondTwoUnits()
    {
        const long tau = 7 * 86_400;
        PublishedSurface before = Of([18.5383, 17.041, 0.937, 0.115, 0.0356]);
        Assert.True(SurfaceChecks.IsInDomain(before) && SurfaceChecks.IsButterflyFree(before, tau));
        double step = SurfaceChecks.AllowedStepE8(Bands, tau, 3600) / E8;
        (double ratio, double formerly) = Ratios(before, Moved(before, Math.Pow((1 + step) * Math.Exp(step), 2), 1), tau);
        Assert.InRange(ratio, 0.7, 1);
        Assert.InRange(formerly, 1.3, 2);
    }

    /// <summary>Kinks that come or go between the points: pairs that a search over all slices found to move an option by the most against what the volatilities at the points say.</summary>
    /// <param name="days">To expiry.</param>
    /// <param name="a">Level, slope, skew, place and curvature before.</param>
    /// <param name="b">The same after.</param>
    [Theory]
    [InlineData(730, new[] { 0.0022, 0.0422, -0.177, -0.103, 0.4597 }, new[] { 0.0094, 0.0463, 0.026, 0.162, 0.0106 })]
    [InlineData(730, new[] { 0.0199, 0.0775, -0.005, -0.120, 0.3597 }, new[] { 0.0263, 0.0937, 0.168, 0.157, 0.0146 })]
    [InlineData(730, new[] { 1.2556, 0.5125, 0.445, 1.368, 0.0125 }, new[] { 1.5668, 0.1813, -0.212, -0.628, 0.0638 })]
    [InlineData(730, new[] { 0.9188, 0.2049, -0.137, 0.250, 0.0218 }, new[] { 0.6822, 0.4215, 0.208, 1.219, 0.0113 })]
    [InlineData(365, new[] { 3.7548, 0.8419, -0.140, 0.712, 0.0111 }, new[] { 2.8430, 1.3748, 0.099, 1.499, 0.0115 })]
    [InlineData(180, new[] { 7.1464, 0.8933, -0.565, 0.699, 0.0358 }, new[] { 3.8131, 3.1832, -0.153, 1.159, 0.0126 })]
    [InlineData(180, new[] { 3.0503, 2.1931, 0.046, 1.224, 0.0193 }, new[] { 5.4268, 0.9167, -0.406, 0.852, 0.0182 })]
    public void RiskE6_HasRoomForKinksBetweenThePoints(double days, double[] a, double[] b)
    {
        long tau = (long)(days * 86_400);
        (PublishedSurface before, PublishedSurface after) = (Of(a), Of(b));
        Assert.True(SurfaceChecks.IsButterflyFree(before, tau) && SurfaceChecks.IsButterflyFree(after, tau));

        // Two parts in a hundred more than an hour allows, since the parameters are rounded here.
        double step = SurfaceChecks.AllowedStepE8(Bands, tau, 3600) / E8;
        long[] points = new long[SurfaceChecks.PointCount];
        SurfaceChecks.Points(tau, points);
        foreach (long k in points)
        {
            Assert.InRange((double)after.VolatilityQ32(k) / before.VolatilityQ32(k), (1 - step) * Math.Exp(-step) * 0.98, (1 + step) * Math.Exp(step) * 1.02);
        }

        (double ratio, double _) = Ratios(before, after, tau);
        output.WriteLine($"{days} days: {ratio:F3} of the risk");
        Assert.InRange(ratio, 0.1, 1);
    }

    /// <summary>Surfaces whose own spot, and forward with it, lies off the market's by as much as its band lets it: what hides at the money is seen, and what is taken in a silent hour and an hour of steps stays within the risk.</summary>
    /// <param name="days">To expiry.</param>
    /// <param name="off">The surface's own spot over the market's.</param>
    [Theory]
    [InlineData(0.1, 1.1)]
    [InlineData(0.3, 0.9)]
    [InlineData(1, 1.1)]
    [InlineData(1, 0.9)]
    [InlineData(1, 1.07)]
    [InlineData(2, 1.1)]
    [InlineData(2, 0.95)]
    [InlineData(7, 1.1)]
    public void RiskE6_SpotSaidToBeOff_IsNotExceeded(double days, double off)
    {
        long tau = (long)(days * 86_400);
        var random = new Random(12);
        double largest = 0;
        for (int i = 0; i < 200; i++)
        {
            PublishedSurface first = Bent(random, off, tau), goal = Bent(random, off, tau);
            PublishedSurface present = Towards(first, goal, 3600, tau);
            for (int quarter = 0; quarter < 4; quarter++)
            {
                present = Towards(present, goal, 900, tau);
            }

            double ratio = Ratios(first, present, tau, Bands with { ForwardStepE8 = 0 }).Ratio;
            Assert.True(ratio <= 1, $"{first} to {present} of {days} days: {ratio:F3} of what the rule says");
            largest = Math.Max(largest, ratio);
        }

        output.WriteLine($"{days} days, spot said to be {off} of what it is: {largest:F3} of the risk at most");
        Assert.InRange(largest, 0.2, 1);
    }

    /// <summary>The largest move of an option against the risk before; and against what it would be by the largest volatility within two units of the forward, wherever the strike lies.</summary>
    private static (double Ratio, double Formerly) Ratios(in PublishedSurface before, in PublishedSurface after, long tau) => Ratios(before, after, tau, Bands);

    private static (double Ratio, double Formerly) Ratios(in PublishedSurface before, in PublishedSurface after, long tau, in SurfaceBands bands)
    {
        long[] points = new long[SurfaceChecks.PointCount];
        long[] vols = new long[SurfaceChecks.PointCount];
        SurfaceChecks.Points(tau, points);
        long live = SurfaceChecks.LiveForwardE8(before, tau, Market, WindowReading.Unopened);
        SurfaceChecks.Volatilities(before, points, live, vols);
        double years = tau / 31_536_000.0, spot = Market / E8, moved = 0;
        for (int i = 0; i < Strikes; i++)
        {
            // Half of the strikes near the forward.
            double place = (i - (Strikes / 2)) / (Strikes / 2.0);
            double k = i % 2 == 0 ? Farthest * place : Math.Min(Farthest, 4 * points[Middle + 2] / Q32) * place;
            double strike = live / E8 * Math.Exp(k);
            double call = Value(after, strike, tau) - Value(before, strike, tau);
            double put = call - ((SurfaceChecks.LiveForwardE8(after, tau, Market, WindowReading.Unopened) - live) / E8);
            moved = Math.Max(moved, Math.Max(Math.Abs(call), Math.Abs(put)));
        }

        double step = SurfaceChecks.AllowedStepE8(Bands, tau, 3600) / E8;
        double growth = ((1 + step) * (2 + step) / (2 - step)) - 1;
        double forward = ((2 * bands.ForwardStepE8) + 3600) / E8;
        double formerly = forward + (((live / (double)Market) + forward) * Math.Min(1, 0.4 * vols[3..10].Max() / Q32 * Math.Sqrt(years) * growth));
        return (moved / spot / (SurfaceChecks.RiskE6(bands, vols, (long)((Int128)live * (long)E8 / Market), tau) / 1e6), moved / spot / formerly);
    }

    /// <summary>As contracts value options: at the live forward, strikes where the surface was published.</summary>
    private static double Value(in PublishedSurface s, double strike, long tau) =>
        Sample.Black(SurfaceChecks.LiveForwardE8(s, tau, Market, WindowReading.Unopened) / E8, strike, s.VolatilityQ32((long)(Math.Log(strike / (s.ForwardE8 / E8)) * Q32)) / Q32, tau / 31_536_000.0);

    /// <summary>Every variance by a factor, and the forward by another, strikes keeping their volatilities otherwise.</summary>
    private static PublishedSurface Moved(in PublishedSurface s, double variance, double forward) => s with
    {
        AE12 = (long)(s.AE12 * variance),
        BE12 = (long)(s.BE12 * variance),
        ForwardE8 = (long)(s.ForwardE8 * forward),
        ME8 = s.ME8 - (int)(Math.Log(forward) * E8),
    };

    /// <summary>As far from one surface towards another as the contract takes after so many seconds, found by halves.</summary>
    private static PublishedSurface Towards(PublishedSurface start, PublishedSurface goal, long elapsed, long tau)
    {
        const int Parts = 1 << 12;
        long Mix(long a, long b, int part) => a + (long)((Int128)(b - a) * part / Parts);
        PublishedSurface At(int part) => start with
        {
            AE12 = Mix(start.AE12, goal.AE12, part),
            BE12 = Mix(start.BE12, goal.BE12, part),
            RhoE8 = (int)Mix(start.RhoE8, goal.RhoE8, part),
            ME8 = (int)Mix(start.ME8, goal.ME8, part),
            SigmaE8 = (uint)Mix(start.SigmaE8, goal.SigmaE8, part),
        };
        int low = 0, high = Parts + 1;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            (low, high) = Refused(At(middle), (start, elapsed), tau) ? (low, middle) : (middle, high);
        }

        return At(low);
    }

    private static bool Refused(in PublishedSurface s, (PublishedSurface Surface, long Elapsed)? before, long tau)
    {
        const long Now = 1_800_000_000;
        (PublishedSurface, long)? known = before is { } b ? (b.Surface, Now - b.Elapsed) : null;
        return SurfaceChecks.Fault(s with { Expiry = (uint)(Now + tau) }, known, null, null, Bands, Now, Market, WindowReading.Unopened) != SurfaceFault.None;
    }

    /// <summary>Low and flat beyond the live money and steep before it, which hides the most where points lie beside it; one that may be listed.</summary>
    private static PublishedSurface Bent(Random random, double off, long tau)
    {
        double money = -Math.Log(off);
        while (true)
        {
            double level = 0.0026 * Math.Pow(30, random.NextDouble()), b = 0.05 * Math.Pow(80, random.NextDouble());
            double rho = -Math.Sign(money) * (1 - (0.2 * Math.Pow(random.NextDouble(), 3))), sigma = 0.01 * Math.Pow(5, random.NextDouble());
            PublishedSurface s = Of([level - (b * sigma * Math.Sqrt(1 - (rho * rho))), b, rho, money * (0.5 + random.NextDouble()), sigma]) with
            {
                ForwardE8 = (long)(Forward * off),
                SpotE8 = (long)(Forward * off),
            };
            if (!Refused(s, null, tau))
            {
                return s;
            }
        }
    }

    private static PublishedSurface Of(double[] p) =>
        new(0, Forward, Forward, (long)(p[0] * E12), (long)(p[1] * E12), (int)(p[2] * E8), (int)(p[3] * E8), (uint)(p[4] * E8));

    /// <summary>One of the domain, without butterflies: 20 to 500 % at the forward, slopes up to the steepest that the rule takes.</summary>
    private static PublishedSurface Drawn(Random random, long tau)
    {
        double years = tau / 31_536_000.0, root = Math.Sqrt(years);
        while (true)
        {
            double vol = 0.2 * Math.Pow(25, random.NextDouble());
            double rho = (2 * random.NextDouble()) - 1;
            double m = ((2 * random.NextDouble()) - 1) * 1.5 * vol * root;
            double sigma = 0.01 * Math.Pow(100, random.NextDouble());
            double b = Math.Min(1999, Math.Pow(10, (2 * random.NextDouble()) - 2) * 2 * Math.Min(1 / years, vol / root));
            double a = (vol * vol) - (b * ((-rho * m) + Math.Sqrt((m * m) + (sigma * sigma))));
            if (Math.Abs(a) > 4000)
            {
                continue;
            }

            PublishedSurface drawn = Of([a, b, rho, m, sigma]);
            if (SurfaceChecks.IsInDomain(drawn) && SurfaceChecks.IsButterflyFree(drawn, tau))
            {
                return drawn;
            }
        }
    }
}
