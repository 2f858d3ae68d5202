using System.Runtime.CompilerServices;

namespace OnchainMargin.Margin;

/// <summary>Black-76 in integers over the nodes of one volatility shock.</summary>
internal static class OptionValues
{
    private const ulong Half = 1UL << 59;

    /// <summary>The value of a call: (A·P(D1) − B·P(D2) + 2⁵⁹) &gt;&gt; 60.</summary>
    /// <param name="first">The table.</param>
    /// <param name="a">Discounted forward at the node.</param>
    /// <param name="b">Discounted strike.</param>
    /// <param name="d1">D1.</param>
    /// <param name="s">S, so that D2 = D1 − S.</param>
    [SpecRule("MRG-026")]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long Call(ref Cell first, long a, long b, long d1, long s)
    {
        // Why unchecked: A < 2⁵², B < 2⁵⁴, P ≤ 2⁶⁰, so products stay below 2¹¹⁴ and the difference in 128 bits of two's complement.
        unchecked
        {
            long d2 = d1 - s;
            ulong p1 = (ulong)d1 < NormalTable.End ? NormalTable.Inside(ref first, (ulong)d1) : Outside(d1);
            ulong p2 = (ulong)d2 < NormalTable.End ? NormalTable.Inside(ref first, (ulong)d2) : Outside(d2);
            ulong high = Math.BigMul((ulong)a, p1, out ulong low);
            ulong high2 = Math.BigMul((ulong)b, p2, out ulong low2);
            high -= high2 + (low < low2 ? 1UL : 0UL);
            low -= low2;
            ulong sum = low + Half;
            high += sum < low ? 1UL : 0UL;
            return (long)((high << 4) | (sum >> 60));
        }
    }

    /// <summary>Values of a call at every scenario of one volatility shock.</summary>
    /// <param name="a">Discounted forwards of the nodes.</param>
    /// <param name="ln">ln(M_q/4·10⁸) of the nodes, Q32.</param>
    /// <param name="b">Discounted strike.</param>
    /// <param name="moneyness">L, Q32.</param>
    /// <param name="s">S of the shocked volatility.</param>
    /// <param name="shock">0, 1, 2: volatility down, unchanged, up.</param>
    /// <param name="row">Where the values go.</param>
    [SpecRule("MRG-026")]
    internal static void Fill(ReadOnlySpan<long> a, ReadOnlySpan<long> ln, long b, long moneyness, long s, int shock, Span<long> row)
    {
        long inverse = Deviation.Inverse(s);
        long centre = (s >> 1) + NormalTable.Zero;
        ref Cell first = ref NormalTable.First;
        ReadOnlySpan<int> scenarios = Scenarios.NodeScenarios;
        for (int node = 0; node < Scenarios.Nodes; node++)
        {
            int scenario = scenarios[(3 * node) + shock];
            if (scenario >= 0)
            {
                row[scenario] = Call(ref first, a[node], b, Distance(moneyness + ln[node], inverse) + centre, s);
            }
        }
    }

    /// <summary>D1 of a logarithm ln(F·(1 + x·R)/K).</summary>
    internal static long D1(long log, long s) => Distance(log, Deviation.Inverse(s)) + (s >> 1) + NormalTable.Zero;

    /// <summary>(log·inverse) &gt;&gt; 16, held within ±2⁵⁰, beyond which the distribution is 0 or one whatever is added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Distance(long log, long inverse)
    {
        unchecked
        {
            long high = Math.BigMul(log, inverse, out long low);
            return high is > -4 and < 4 ? (high << 48) | (long)((ulong)low >> 16) : high < 0 ? -(1L << 50) : 1L << 50;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Outside(long d) => d < 0 ? 0 : NormalTable.One;
}
