using System.Numerics;
using OnchainMargin.Oracle;
using Xunit.Abstractions;

namespace OnchainMargin.Margin.Tests.Accuracy;

/// <summary>The largest error of each function against series in 192 binary digits. The bounds here are the figures that docs/margin-accuracy.md states; the measured ones are printed.</summary>
public sealed class KernelAccuracyTests(ITestOutputHelper output)
{
    [Fact]
    public void Ln_WholeDomain_IsWithinItsBound()
    {
        var random = new Random(11);
        double worst = 0;
        for (int i = 0; i < 4000; i++)
        {
            // Quotients of at least 2⁻²⁸ have 36 binary digits left in r; the clamp at ±6 needs no more.
            long n = 1 + (long)Math.Pow(2, 28 + (28 * random.NextDouble()));
            long d = i % 2 == 0 ? 1 + (long)Math.Pow(2, 28 + (28 * random.NextDouble())) : Math.Max(1, n + random.Next(-1000, 1000));
            BigInteger reference = Precise.Ln(Precise.Ratio(n, d));
            worst = Math.Max(worst, Math.Abs(Difference((BigInteger)Margin.Kernel.Ln(n, d) << (Precise.Bits - 32), reference, 32)));
        }

        Report("ln", worst, "units of 2⁻³²", 3.0);
    }

    [Fact]
    public void Normal_WholeTable_IsWithinItsBoundAndNeverFalls()
    {
        double worst = 0;
        ulong before = 0;
        for (long eighth = -8; eighth < (1944 * 8) + 16; eighth++)
        {
            long d = (eighth << 25) + ((eighth * 2_654_435_761) & 0x1FF_FFFF);
            BigInteger x = ((BigInteger)(d - (1000L << 28)) << (Precise.Bits - 28)) / 160;
            ulong p = NormalTable.P(d);
            Assert.True(p >= before, $"the table falls at {d}");
            before = p;
            worst = Math.Max(worst, Math.Abs(Difference((BigInteger)p << (Precise.Bits - 60), Precise.Normal(x), 0)));
        }

        Report("normal distribution", worst, string.Empty, 2e-9);
    }

    [Fact]
    public void Normal_AtCellEdges_NeverFallsAndIsContinuous()
    {
        for (long cell = 1; cell < 1944; cell++)
        {
            // A unit of the deviation is 2⁻²⁸ of a cell; what is beyond its slope is the gap between the cells, 2⁻⁴⁴ at most.
            long last = (cell << 28) - 1;
            ulong left = NormalTable.P(last);
            ulong unit = (ulong)NormalTable.Slope(last) >> 28;
            Assert.InRange(NormalTable.P(cell << 28), left, left + unit + (1UL << 17));
        }
    }

    [Fact]
    public void Isqrt_Everywhere_IsExact()
    {
        var random = new Random(12);
        for (int i = 0; i < 20_000; i++)
        {
            UInt128 a = (((UInt128)(ulong)random.NextInt64() << 64) | (ulong)random.NextInt64()) >> random.Next(1, 127);
            Assert.Equal(Integers.Root(a), (BigInteger)Margin.Kernel.Isqrt(a));
        }
    }

    [Fact]
    public void Volatility_Svi_IsWithinItsBound()
    {
        var random = new Random(13);
        double worst = 0;
        for (int i = 0; i < 3000; i++)
        {
            long published = 1 + (long)Math.Pow(10, 8 + (6 * random.NextDouble()));
            long strike = Math.Max(1, (long)(published * Math.Exp(3 * ((2 * random.NextDouble()) - 1))));
            var surface = new Surface(
                published, published, (long)(random.NextDouble() * 1e12) + 100_000_000, (long)(random.NextDouble() * 1e12), random.Next(-99_000_000, 99_000_001), random.Next(-50_000_000, 50_000_001), random.Next(100_000, 100_000_000));
            BigInteger k = Precise.Ln(Precise.Ratio(strike, published));
            BigInteger y = k - Precise.Ratio(surface.ME8, 100_000_000);
            BigInteger sigma = Precise.Ratio(surface.SigmaE8, 100_000_000);
            BigInteger inner = Precise.Multiply(Precise.Ratio(surface.RhoE8, 100_000_000), y) + Precise.Root(Precise.Multiply(y, y) + Precise.Multiply(sigma, sigma));
            BigInteger variance = Precise.Ratio(surface.AE12, SpecConstants.OneE12) + Precise.Multiply(Precise.Ratio(surface.BE12, SpecConstants.OneE12), inner);
            long vol = new Smile(surface).AtStrike(Margin.Kernel.Ln(strike, published));
            worst = Math.Max(worst, Math.Abs(Difference((BigInteger)vol << (Precise.Bits - 32), Precise.Root(variance), 0)));
        }

        Report("volatility", worst, string.Empty, 1e-8);
    }

    [Fact]
    public void Deviation_UsualDomain_IsWithinItsBound()
    {
        var random = new Random(14);
        double worst = 0;
        for (int i = 0; i < 3000; i++)
        {
            long tau = 60 + (long)(Math.Pow(random.NextDouble(), 3) * 63_072_000);
            long vol = (long)(Math.Pow(2, 32) * Math.Exp(Math.Log(0.01) + (random.NextDouble() * Math.Log(500))));
            BigInteger reference = 160 * Precise.Multiply((BigInteger)vol << (Precise.Bits - 32), Precise.Root(Precise.Ratio(tau, 31_536_000)));
            worst = Math.Max(worst, Math.Abs(Difference((BigInteger)Deviation.Cells(vol, Deviation.RootTau(tau)) << (Precise.Bits - 28), reference, 28)));
        }

        Report("deviation", worst, "units of 2⁻²⁸ of a cell", 1.0);
    }

    [Fact]
    public void Discount_WholeDomain_IsWithinAUnit()
    {
        var random = new Random(15);
        double worst = 0;
        for (int i = 0; i < 2000; i++)
        {
            long rate = (long)(random.NextDouble() * 1e12);
            long tau = (long)(random.NextDouble() * 4 * 31_536_000);
            BigInteger reference = Precise.Exp(-Precise.Ratio((BigInteger)rate * tau, SpecConstants.OneE12 * 31_536_000)) * SpecConstants.OneE12;
            worst = Math.Max(worst, Math.Abs(Difference((BigInteger)Discounts.Discount(rate, tau) << Precise.Bits, reference, 0)));
        }

        Report("discount", worst, "units of 10⁻¹²", 1.0);
    }

    [Fact]
    public void ShockedVolatility_UsualDomain_IsWithinItsBound()
    {
        var random = new Random(16);
        double worst = 0;
        for (int i = 0; i < 3000; i++)
        {
            long tau = 60 + (long)(Math.Pow(random.NextDouble(), 3) * 63_072_000);
            long vol = (long)(Math.Pow(2, 32) * Math.Exp(Math.Log(0.01) + (random.NextDouble() * Math.Log(500))));
            uint range = (uint)random.Next(1, 100_000_001);
            uint floor = (uint)random.Next(0, 100_000_001);
            BigInteger one = BigInteger.One << Precise.Bits;
            BigInteger exact = (BigInteger)vol << (Precise.Bits - 32);
            BigInteger shift = Precise.Multiply(Precise.Ratio(range, Rounding.One), Scale(tau));
            BigInteger down = Precise.Multiply(exact, BigInteger.Max(one - shift, Precise.Ratio(1, 20)));
            BigInteger up = BigInteger.Max(Precise.Multiply(exact, one + shift), Precise.Ratio(floor, Rounding.One));
            long shiftE8 = Volatility.Shift(range, tau);
            double unit = vol / Math.Pow(2, 32) * 1e-8;
            worst = Math.Max(worst, Math.Abs(Difference((BigInteger)Volatility.Down(vol, shiftE8) << (Precise.Bits - 32), down, 0)) / unit);
            worst = Math.Max(worst, Math.Abs(Difference((BigInteger)Volatility.Up(vol, shiftE8, floor) << (Precise.Bits - 32), up, 0)) / unit);
        }

        Report("shocked volatility", worst, "units of 10⁻⁸ of the volatility", 5.0);
    }

    [Fact]
    public void LinearValue_WholeDomain_IsWithinHalfAUnit()
    {
        var random = new Random(17);
        double worst = 0;
        long[] row = new long[Row.Stride];
        for (int i = 0; i < 2000; i++)
        {
            long price = 1 + (long)Math.Pow(2, 48 * random.NextDouble());
            long range = random.Next(1, 33_000_000);
            new RangeNodes(range).FillLinear(price, row);
            for (int s = 0; s < Scenarios.Count; s++)
            {
                BigInteger quarters = Scenarios.NodeQuarters[Scenarios.ScenarioNodes[s]];
                BigInteger exact = Precise.Ratio(price * ((4 * (BigInteger)Rounding.One) + (quarters * range)), 4 * Rounding.One);
                worst = Math.Max(worst, Math.Abs(Difference((BigInteger)row[s] << Precise.Bits, exact, 0)));
            }
        }

        Report("linear value", worst, "units of 10⁻⁸", 0.5);
    }

    /// <summary>κ(τ) between its knots, as the rule names them.</summary>
    private static BigInteger Scale(long tau)
    {
        (long Seconds, long Tenths)[] knots = [(86_400, 20), (604_800, 15), (2_592_000, 10), (7_776_000, 7), (31_536_000, 4)];
        int next = Array.FindIndex(knots, knot => tau < knot.Seconds);
        if (next <= 0)
        {
            return Precise.Ratio(next < 0 ? knots[^1].Tenths : knots[0].Tenths, 10);
        }

        (long from, long high) = knots[next - 1];
        (long to, long low) = knots[next];
        return Precise.Ratio(high, 10) - Precise.Ratio((high - low) * (tau - from), 10 * (to - from));
    }

    private static double Difference(BigInteger value, BigInteger reference, int scale) => (double)(value - reference) / Math.Pow(2, Precise.Bits - scale);

    private void Report(string name, double worst, string unit, double bound)
    {
        output.WriteLine($"{name}: largest error {worst:G4} {unit}");
        Assert.InRange(worst, 0, bound);
    }
}
