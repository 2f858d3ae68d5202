using System.Numerics;
using System.Runtime.CompilerServices;

namespace OnchainMargin.Margin;

/// <summary>The natural logarithm of a ratio.</summary>
internal static partial class Kernel
{
    private const long Low62 = 1L << 62;

    private static readonly Int128 Ln2Q88 = Int128.Parse("214518661983232317777896372");

    private static ReadOnlySpan<long> Coefficients =>
        [35184372088830, 11728124032221, 7036873928768, 5026373673355, 3908163732805, 3221279850854, 2474416650593, 3532842613346];

    /// <summary>ln(n/d) in Q32, for n and d in [1, 2⁵⁶].</summary>
    /// <param name="n">Numerator.</param>
    /// <param name="d">Denominator.</param>
    [SpecRule("MRG-021")]
    internal static long Ln(long n, long d)
    {
        // Why unchecked: r < 2¹²⁰, m < 2⁶³, z < 2⁴⁴/3, u < 2⁴⁴/9, |p| < 2⁴⁶, so that p·u < 2⁸⁷ and z·p < 2⁸⁹, e·ln 2 < 2⁹⁴.
        unchecked
        {
            ulong whole = (ulong)n / (ulong)d;
            ulong fraction = Rounding.Div2By1((ulong)n - (whole * (ulong)d), 0, (ulong)d, out _);
            if (whole == 0 && fraction == 0)
            {
                fraction = 1;
            }

            int h = whole != 0 ? 127 - BitOperations.LeadingZeroCount(whole) : 63 - BitOperations.LeadingZeroCount(fraction);
            long e = h - 64;
            ulong m = h >= 64 ? (whole << (126 - h)) | (fraction >> (h - 62)) : h >= 62 ? fraction >> (h - 62) : fraction << (62 - h);
            ulong difference = m - (ulong)Low62;
            ulong z = Rounding.Div2By1(difference >> 20, difference << 44, m + (ulong)Low62, out _);
            ulong u = (z * z) >> 44;
            if (z >> 32 != 0)
            {
                ulong high = Math.BigMul(z, z, out ulong low);
                u = (high << 20) | (low >> 44);
            }

            ReadOnlySpan<long> c = Coefficients;
            long p = c[7];
            for (int i = 6; i >= 0; i--)
            {
                p = c[i] + Scale(p, u);
            }

            return (long)(((e * Ln2Q88) + Math.BigMul((long)z, p)) >> 56);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Scale(long p, ulong u)
    {
        unchecked
        {
            long high = Math.BigMul(p, (long)u, out long low);
            return (high << 20) | (long)((ulong)low >> 44);
        }
    }
}
