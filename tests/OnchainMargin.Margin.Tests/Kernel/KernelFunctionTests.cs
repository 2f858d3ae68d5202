using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using OnchainMargin.Margin.Tests.Encoding;

namespace OnchainMargin.Margin.Tests.KernelTests;

public sealed class KernelFunctionTests
{
    private const double Q32 = 4294967296.0;

    private static Gen<(long N, long D)> Ratios =>
        from n in EncodingGenerators.Unsigned(56)
        from d in EncodingGenerators.Unsigned(56)
        select (n + 1, d + 1);

    /// <summary>Down to 2⁻³⁰, below which the ratio itself is cut to few bits; the clamp of moneyness is e⁻⁶.</summary>
    [Fact]
    public void Ln_Any_IsTheLogarithm() => Check.QuickThrowOnFailure(Prop.ForAll(Ratios.Where(r => r.N > r.D >> 30).ToArbitrary(), r =>
        Math.Abs((OnchainMargin.Margin.Kernel.Ln(r.N, r.D) / Q32) - (Math.Log(r.N) - Math.Log(r.D))) < 2e-9));

    [Fact]
    public void Ln_Any_FollowsTheSteps() => Check.QuickThrowOnFailure(Prop.ForAll(Ratios.ToArbitrary(), r => OnchainMargin.Margin.Kernel.Ln(r.N, r.D) == Steps(r.N, r.D)));

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(2, 1, 2977044471)]
    [InlineData(1, 2, -2977044472)]
    public void Ln_Known_IsExact(long n, long d, long expected) => Assert.Equal(expected, OnchainMargin.Margin.Kernel.Ln(n, d));

    [Fact]
    public void P_WholeTable_RisesAndIsSymmetricToItsPrecision()
    {
        ulong last = 0;
        for (long d = -(1L << 28); d < (1946L << 28); d += 7_716_049)
        {
            ulong p = NormalTable.P(d);
            Assert.True(p >= last && p <= 1UL << 60);
            last = p;
        }

        Assert.Equal(0.5, NormalTable.P(NormalTable.Zero) / Math.ScaleB(1, 60), 10);
        Assert.Equal(0.841344746068543, NormalTable.P(NormalTable.Zero + (160L << 28)) / Math.ScaleB(1, 60), 9);
        Assert.Equal(0.398942280401433, NormalTable.Slope(NormalTable.Zero) * 160 / Math.ScaleB(1, 60), 5);
    }

    [Fact]
    public void P_Any_IsTheCellsQuadratic() => Check.QuickThrowOnFailure(Prop.ForAll(EncodingGenerators.Choose64(0, (1944L << 28) - 1).ToArbitrary(), d =>
    {
        byte[] cell = TableBytes.AsSpan((int)(d >> 28) * 11, 11).ToArray();
        var c0 = new BigInteger(cell, isUnsigned: true, isBigEndian: true);
        BigInteger c1 = c0 & ((BigInteger.One << 52) - 1);
        short c2 = unchecked((short)((cell[9] << 8) | cell[10]));
        BigInteger t = d & ((1L << 28) - 1);
        return NormalTable.P(d) == (ulong)((c0 + (t * (c1 + (t * c2)))) >> 28);
    }));

    [Theory]
    [InlineData(0, 31_536_000, 1_000_000_000_000)]
    [InlineData(50_000_000_000, 31_536_000, 951_229_424_501)]
    [InlineData(1_000_000_000_000, 31_536_000, 367_879_441_171)]
    [InlineData(1_000_000_000_000, uint.MaxValue, 18_315_638_889)]
    public void Discount_Known_IsExact(long rate, long tau, long expected) => Assert.Equal(expected, Discounts.Discount(rate, tau));

    [Theory]
    [InlineData(100_00000000, 102_00000000, 101_00000000, 10_099_009_901)]
    [InlineData(1, 1, 1L << 48, 1)]
    [InlineData(1L << 48, 1L << 49, 1, 1L << 49)]
    public void OutsideWindow_Known_IsExact(long spot, long forward, long published, long expected) => Assert.Equal(expected, Forwards.OutsideWindow(spot, forward, published));

    [Theory]
    [InlineData(1200, 600, 9_333_333_333, 600)]
    [InlineData(600, 600, 95_00000000, 900)]
    [InlineData(0, 1800, 100_00000000, 1800)]
    [InlineData(1800, 0, 90_00000000, 0)]
    [InlineData(600, 1860, 9_756_097_561, 1361)]
    public void InsideWindow_Known_IsExact(long covered, long remaining, long forward, long follow) =>
        Assert.Equal((forward, follow), Forwards.InsideWindow(100_00000000, new WindowReading((Int128)90_00000000 * covered, covered, remaining)));

    [Theory]
    [InlineData(5_000_000, 25_000_000, 0, 1L << 62, 5_000_000)]
    [InlineData(5_000_000, 25_000_000, 1000, 1000, 5_000_000)]
    [InlineData(5_000_000, 25_000_000, 3000, 3001, 5_001_667)]
    [InlineData(5_000_000, 25_000_000, 1000, 9000, 25_000_000)]
    [InlineData(5_000_000, 1_000_000, 1000, 9000, 5_000_000)]
    public void HaircutUp_Known_IsExact(long least, long most, long threshold, long total, long expected) => Assert.Equal(expected, Haircuts.HaircutUp(least, most, threshold, total));

    [Theory]
    [InlineData(0, 200_000_000)]
    [InlineData(86_400, 200_000_000)]
    [InlineData(86_401, 199_999_904)]
    [InlineData(604_800, 150_000_000)]
    [InlineData(2_592_000, 100_000_000)]
    [InlineData(5_184_000, 85_000_000)]
    [InlineData(31_536_000, 40_000_000)]
    [InlineData(uint.MaxValue, 40_000_000)]
    public void Kappa_Knots_AreExact(long tau, long expected) => Assert.Equal(expected, Volatility.Kappa(tau));

    [Theory]
    [InlineData(1, 0)]
    [InlineData(90_000_000, 0)]
    [InlineData(500_000_000, 0)]
    public void Implied_FlatSurface_IsTheRoot(long volE8, long kRaw)
    {
        Int128 aE12 = (Int128)volE8 * volE8 / 10_000;
        long volQ32 = new Smile(new Surface(1, 1, (long)aE12, 0, 0, 0, 1)).AtStrike(kRaw);
        double expected = Math.Clamp(volE8 / 1e8, 0.001, 16);
        Assert.Equal(expected, volQ32 / Q32, 8);
    }

    private static byte[] TableBytes { get; } = LoadTable();

    private static byte[] LoadTable()
    {
        using Stream stream = typeof(NormalTable).Assembly.GetManifestResourceStream("cdf.json")!;
        using var document = System.Text.Json.JsonDocument.Parse(stream);
        return Convert.FromHexString(document.RootElement.GetProperty("table").GetString()!.AsSpan(2));
    }

    private static long Steps(BigInteger n, BigInteger d)
    {
        long[] c = [35184372088830, 11728124032221, 7036873928768, 5026373673355, 3908163732805, 3221279850854, 2474416650593, 3532842613346];
        BigInteger r = (n << 64) / d;
        r = r.IsZero ? 1 : r;
        int h = (int)r.GetBitLength() - 1;
        BigInteger m = h >= 62 ? r >> (h - 62) : r << (62 - h);
        BigInteger one = BigInteger.One << 62;
        BigInteger z = ((m - one) << 44) / (m + one);
        BigInteger u = (z * z) >> 44;
        BigInteger p = c[7];
        for (int i = 6; i >= 0; i--)
        {
            p = c[i] + ((p * u) >> 44);
        }

        return (long)((((h - 64) * BigInteger.Parse("214518661983232317777896372")) + (z * p)) >> 56);
    }
}
