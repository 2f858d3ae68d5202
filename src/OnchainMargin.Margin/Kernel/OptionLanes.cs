using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OnchainMargin.Margin;

/// <summary>Black-76 in integers at all scenarios of an option, several at once; equal to <see cref="OptionValues"/> to the last unit.</summary>
/// <typeparam name="TLanes">The width.</typeparam>
/// <typeparam name="TVector">Its vector.</typeparam>
internal static class OptionLanes<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : struct
{
    private const int DistanceBits = 62;
    private const int HalfBits = 32;

    /// <summary>All ones where the scenario has the shock downwards; then those of the other two shocks.</summary>
    private static readonly long[] Masks = [.. Enumerable.Range(0, Row.Shocks).SelectMany(static shock => Enumerable.Range(0, Scenarios.Lanes).Select(s => Has(s, shock) ? -1L : 0))];

    /// <summary>Values of a call at every scenario, and as many more numbers as fill the vectors.</summary>
    /// <param name="a">Discounted forwards, as <see cref="Scenarios.Spread"/> lays them out.</param>
    /// <param name="ln">ln(M_q/4·10⁸), the same way, Q32.</param>
    /// <param name="b">Discounted strike.</param>
    /// <param name="moneyness">L, Q32.</param>
    /// <param name="deviations">S of the three shocks.</param>
    /// <param name="row">Where the values go: room for <see cref="Scenarios.Lanes"/>.</param>
    [SpecRule("MRG-026")]
    internal static void Fill(ReadOnlySpan<long> a, ReadOnlySpan<long> ln, long b, long moneyness, ReadOnlySpan<long> deviations, Span<long> row)
    {
        // Why no bounds tests: all of these have 40 places, which every width divides.
        ref long aFirst = ref MemoryMarshal.GetReference(a[..Scenarios.Lanes]);
        ref long lnFirst = ref MemoryMarshal.GetReference(ln[..Scenarios.Lanes]);
        ref long target = ref MemoryMarshal.GetReference(row[..Scenarios.Lanes]);
        ref long masks = ref MemoryMarshal.GetArrayDataReference(Masks);
        ref Cell cells = ref NormalTable.First;
        Shocked s = new(deviations[0], deviations[1], deviations[2]);
        Shocked inverse = new(Deviation.Inverse(deviations[0]), Deviation.Inverse(deviations[1]), Deviation.Inverse(deviations[2]));
        Shocked limit = new(Limit(inverse.Down), Limit(inverse.Unchanged), Limit(inverse.Up));
        TVector strike = TLanes.Broadcast(b);
        TVector log = TLanes.Broadcast(moneyness);
        TVector zero = TLanes.Broadcast(NormalTable.Zero);
        for (int i = 0; i < Scenarios.Lanes; i += TLanes.Count)
        {
            TVector down = TLanes.Load(ref masks, i);
            TVector unchanged = TLanes.Load(ref masks, i + Scenarios.Lanes);
            TVector up = TLanes.Load(ref masks, i + (2 * Scenarios.Lanes));
            TVector deviation = s.At(down, unchanged, up);
            TVector most = limit.At(down, unchanged, up);

            // Beyond the limit both ends are outside the table: held there, |log·inverse| stays below 2⁶² and at least 2⁶¹, so that |D| is above 2⁴⁰.
            TVector held = TLanes.Max(TLanes.Min(TLanes.Add(log, TLanes.Load(ref lnFirst, i)), most), TLanes.Subtract(TLanes.Broadcast(0), most));
            TVector distance = TLanes.ShiftRight(TLanes.Multiply(held, inverse.At(down, unchanged, up)), 20);
            TVector d1 = TLanes.Add(TLanes.Add(distance, TLanes.ShiftRight(deviation, 1)), zero);
            TVector p1 = P(ref cells, d1);
            TVector p2 = P(ref cells, TLanes.Subtract(d1, deviation));
            TLanes.Store(Call(TLanes.Load(ref aFirst, i), p1, strike, p2), ref target, i);
        }
    }

    /// <summary>P(D) in Q60: <see cref="NormalTable.P"/>.</summary>
    [SpecRule("MRG-025")]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector P(ref Cell cells, TVector d)
    {
        TVector last = TLanes.Broadcast((long)NormalTable.End - 1);
        TVector beyond = TLanes.ShiftRight(TLanes.Subtract(last, d), 63);
        TVector below = TLanes.ShiftRight(d, 63);
        TVector inside = TLanes.Min(TLanes.Max(d, TLanes.Broadcast(0)), last);
        TLanes.Cells(ref cells, TLanes.ShiftRight(inside, NormalTable.PlaceBits), out TVector low, out TVector high);
        TVector mask = TLanes.Broadcast((1L << NormalTable.PlaceBits) - 1);
        TVector t = TLanes.And(inside, mask);

        // As in NormalTable.Inside; its sign extension of 16 bits by shifts.
        TVector curvature = TLanes.ShiftRight(TLanes.ShiftLeft(low, 48), 48);
        TVector slope = TLanes.And(low, TLanes.Broadcast((1L << NormalTable.SlopeBits) - 1));
        TVector inner = TLanes.Add(slope, TLanes.Multiply(t, curvature));
        TVector lower = TLanes.ShiftRightLogical(TLanes.Add(TLanes.Product(t, inner), TLanes.And(low, mask)), NormalTable.PlaceBits);
        TVector upper = TLanes.ShiftLeft(TLanes.Product(t, TLanes.ShiftRightLogical(inner, HalfBits)), HalfBits - NormalTable.PlaceBits);
        TVector p = TLanes.Add(TLanes.Add(high, upper), lower);

        // Where D is below the table 0, where it is beyond the table one.
        TVector one = TLanes.And(beyond, TLanes.Subtract(TLanes.Broadcast((long)NormalTable.One), p));
        return TLanes.Subtract(TLanes.Add(p, one), TLanes.And(below, p));
    }

    /// <summary>(A·P1 − B·P2 + 2⁵⁹) &gt;&gt; 60 in halves of 32 bits: <see cref="OptionValues.Call"/>.</summary>
    [SpecRule("MRG-026")]
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Call(TVector a, TVector p1, TVector b, TVector p2)
    {
        // With A = a1·2³² + a0 and so on: upper parts differ by x2·2⁶⁴, |x2| < 2⁵¹; mixed ones by x1·2³², |x1| < 2⁶¹; lower ones by x0. Of x0 + 2⁵⁹ the part at and above 2³² is needed.
        TVector aUpper = TLanes.ShiftRightLogical(a, HalfBits);
        TVector bUpper = TLanes.ShiftRightLogical(b, HalfBits);
        TVector pUpper = TLanes.ShiftRightLogical(p1, HalfBits);
        TVector qUpper = TLanes.ShiftRightLogical(p2, HalfBits);
        TVector upper = TLanes.Subtract(TLanes.Product(aUpper, pUpper), TLanes.Product(bUpper, qUpper));
        TVector first = TLanes.Add(TLanes.Product(aUpper, p1), TLanes.Product(a, pUpper));
        TVector second = TLanes.Add(TLanes.Product(bUpper, p2), TLanes.Product(b, qUpper));
        TVector lowFirst = TLanes.Product(a, p1);
        TVector lowSecond = TLanes.Product(b, p2);
        TVector mask = TLanes.Broadcast(uint.MaxValue);
        TVector borrow = TLanes.ShiftRight(TLanes.Subtract(TLanes.And(lowFirst, mask), TLanes.And(lowSecond, mask)), 63);
        first = TLanes.Add(first, TLanes.ShiftRightLogical(lowFirst, HalfBits));
        second = TLanes.Add(second, TLanes.ShiftRightLogical(lowSecond, HalfBits));
        TVector mixed = TLanes.Add(TLanes.Add(TLanes.Subtract(first, second), borrow), TLanes.Broadcast(1L << 27));
        return TLanes.Add(TLanes.ShiftLeft(upper, 4), TLanes.ShiftRight(mixed, 28));
    }

    /// <summary>2ⁿ with inverse·2ⁿ from 2⁶¹ to 2⁶².</summary>
    private static long Limit(long inverse) => 1L << (DistanceBits - (64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)inverse)));

    private static bool Has(int scenario, int shock) => Scenarios.ScenarioShocks[Math.Min(scenario, Scenarios.Count - 1)] == shock;

    /// <summary>A number for each shock.</summary>
    private readonly struct Shocked(long down, long unchanged, long up)
    {
        internal long Down => down;

        internal long Unchanged => unchanged;

        internal long Up => up;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        internal TVector At(TVector isDown, TVector isUnchanged, TVector isUp) =>
            TLanes.Add(TLanes.Add(TLanes.And(TLanes.Broadcast(down), isDown), TLanes.And(TLanes.Broadcast(unchanged), isUnchanged)), TLanes.And(TLanes.Broadcast(up), isUp));
    }
}
