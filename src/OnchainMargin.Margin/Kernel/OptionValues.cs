using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace OnchainMargin.Margin;

/// <summary>Black-76 in integers over the nodes of one volatility shock.</summary>
internal static class OptionValues
{
    private const ulong Half = 1UL << 59;
    private const int InnerFirst = 2;
    private const int InnerLast = 10;

    /// <summary>Nodes beyond the inner nine.</summary>
    private static ReadOnlySpan<int> TailNodes => [0, 1, 11, 12, 13, 14];

    /// <summary>The value of a call: (A·P(D1) − B·P(D2) + 2⁵⁹) &gt;&gt; 60.</summary>
    /// <param name="a">Discounted forward at the node.</param>
    /// <param name="p1">P(D1).</param>
    /// <param name="b">Discounted strike.</param>
    /// <param name="p2">P(D2).</param>
    [SpecRule("MRG-026")]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static long Call(long a, ulong p1, long b, ulong p2)
    {
        // Why unchecked: A < 2⁵², B < 2⁵⁴, P ≤ 2⁶⁰, so products stay below 2¹¹⁴ and the difference in 128 bits of two's complement.
        unchecked
        {
            ulong high = High((ulong)a, p1);
            ulong low = (ulong)a * p1;
            ulong high2 = High((ulong)b, p2);
            ulong low2 = (ulong)b * p2;
            high -= high2 + (low < low2 ? 1UL : 0UL);
            low -= low2;
            ulong sum = low + Half;
            high += sum < low ? 1UL : 0UL;
            return (long)((high << 4) | (sum >> 60));
        }
    }

    /// <summary>Values of a call at every scenario, with the widest vectors that the machine has.</summary>
    /// <param name="terms">The expiry.</param>
    /// <param name="b">Discounted strike.</param>
    /// <param name="moneyness">L, Q32.</param>
    /// <param name="deviations">S of the three shocks.</param>
    /// <param name="row">Where the values go; the three numbers behind them are overwritten.</param>
    [SpecRule("MRG-026")]
    internal static void Fill(ExpiryTerms terms, long b, long moneyness, ReadOnlySpan<long> deviations, Span<long> row)
    {
        if (Vector512.IsHardwareAccelerated)
        {
            OptionLanes<Lanes512, Vector512<long>>.Fill(terms.ScenarioA, terms.Nodes.ScenarioLn, b, moneyness, deviations, row);
            return;
        }

        if (Vector256.IsHardwareAccelerated)
        {
            OptionLanes<Lanes256, Vector256<long>>.Fill(terms.ScenarioA, terms.Nodes.ScenarioLn, b, moneyness, deviations, row);
            return;
        }

        for (int shock = 0; shock < deviations.Length; shock++)
        {
            Fill(terms.A, terms.Nodes.Ln, b, moneyness, deviations[shock], shock, row);
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
        bool inside = Distance(moneyness + ln[InnerFirst], inverse) + centre - s >= 0 && Distance(moneyness + ln[InnerLast], inverse) + centre < (long)NormalTable.End;
        if (inside)
        {
            FillInside(a, ln, b, moneyness, s, inverse, centre, ref row[shock]);
        }
        else
        {
            for (int node = InnerFirst; node <= InnerLast; node++)
            {
                row[(Row.Shocks * (node - InnerFirst)) + shock] = Value(a[node], b, Distance(moneyness + ln[node], inverse) + centre, s);
            }
        }

        ReadOnlySpan<int> scenarios = Scenarios.NodeScenarios;
        foreach (int node in TailNodes)
        {
            int scenario = scenarios[(Row.Shocks * node) + shock];
            if (scenario >= 0)
            {
                row[scenario] = Value(a[node], b, Distance(moneyness + ln[node], inverse) + centre, s);
            }
        }
    }

    /// <summary>D1 of a logarithm ln(F·(1 + x·R)/K).</summary>
    internal static long D1(long log, long s) => Distance(log, Deviation.Inverse(s)) + (s >> 1) + NormalTable.Zero;

    /// <summary>The inner nodes when all of their D1 and D2 lie inside the table: D1 rises with the node, so the ends say it.</summary>
    private static void FillInside(ReadOnlySpan<long> a, ReadOnlySpan<long> ln, long b, long moneyness, long s, long inverse, long centre, ref long target)
    {
        // Why unchecked: inside the table |D| < 2³⁹, so the product before its shift by 20 is below 2⁶⁰; why no bounds tests: nodes 2 to 10 of 15.
        unchecked
        {
            ref Cell first = ref NormalTable.First;
            ref long aFirst = ref MemoryMarshal.GetReference(a);
            ref long lnFirst = ref MemoryMarshal.GetReference(ln);
            for (int node = InnerFirst; node <= InnerLast; node++)
            {
                long d1 = (((moneyness + Unsafe.Add(ref lnFirst, node)) * inverse) >> 20) + centre;
                ulong p1 = NormalTable.Inside(ref first, (ulong)d1);
                ulong p2 = NormalTable.Inside(ref first, (ulong)(d1 - s));
                target = Call(Unsafe.Add(ref aFirst, node), p1, b, p2);
                target = ref Unsafe.Add(ref target, Row.Shocks);
            }
        }
    }

    /// <summary>The upper half of a product: without the lower half passing through memory where the machine has the instruction.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong High(ulong x, ulong y) => Bmi2.X64.IsSupported ? Bmi2.X64.MultiplyNoFlags(x, y) : Math.BigMul(x, y, out _);

    private static long Value(long a, long b, long d1, long s) => Call(a, NormalTable.P(d1), b, NormalTable.P(d1 - s));

    /// <summary>(log·inverse) &gt;&gt; 20, held within ±2⁴⁶, beyond which the distribution is 0 or one whatever is added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long Distance(long log, long inverse)
    {
        unchecked
        {
            long high = Math.BigMul(log, inverse, out long low);
            return high is > -4 and < 4 ? (high << 44) | (long)((ulong)low >> 20) : high < 0 ? -(1L << 46) : 1L << 46;
        }
    }
}
