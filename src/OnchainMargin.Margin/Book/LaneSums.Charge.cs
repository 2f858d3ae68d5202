using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OnchainMargin.Margin;

/// <content>The charges of buckets, several buckets at once: divisions by multiplying with reciprocals.</content>
internal sealed partial class LaneSums<TLanes, TVector>
{
    private const int HalfBits = 32;

    private static readonly Reciprocal One = new(Rounding.One);
    private static readonly Reciprocal Two = new(2 * Rounding.One);
    private static readonly Reciprocal Year = new(Rounding.Year);

    /// <inheritdoc/>
    [SpecRule("MRG-041")]
    internal override void Charge(BookUnderlying u, BookChunk chunk, int count)
    {
        int split = u.LaneSplit;
        Reciprocal range = u.Charges.PriceRange;
        TVector vegaRate = TLanes.Broadcast(u.Charges.VegaE8);
        ref long basisRates = ref MemoryMarshal.GetArrayDataReference(chunk.Basis);
        ref long taus = ref MemoryMarshal.GetArrayDataReference(chunk.Tau);
        ref long staleRates = ref MemoryMarshal.GetArrayDataReference(chunk.StaleRate);
        for (int i = 0; i < count; i += TLanes.Count)
        {
            TVector excess = TLanes.Broadcast(0);
            TVector sign = Magnitude(chunk, i, TermLane.Rise, split, out TVector upper, out TVector lower);
            TVector gross = Ceil(upper, TLanes.ShiftLeft(lower, 1), split + 1, range, ref excess);
            TLanes.Store(TLanes.Subtract(TLanes.Xor(gross, sign), sign), ref chunk.Delta[i], 0);
            TLanes.Store(gross, ref chunk.Gross[i], 0);
            TLanes.Store(Part(gross, TLanes.Load(ref basisRates, i), One, ref excess), ref chunk.BasisCharge[i], 0);

            Magnitude(chunk, i, TermLane.Below, split, out upper, out lower);
            Magnitude(chunk, i, TermLane.Above, split, out TVector aboveUpper, out TVector aboveLower);
            TVector vega = Ceil(TLanes.Add(upper, aboveUpper), TLanes.Add(lower, aboveLower), split, Two, ref excess);
            TVector charge = Part(vega, vegaRate, One, ref excess);
            TLanes.Store(charge, ref chunk.Vega[i], 0);
            if (u.Charges.IsStale)
            {
                TLanes.Store(TLanes.Subtract(Part(vega, TLanes.Load(ref staleRates, i), One, ref excess), charge), ref chunk.Stale[i], 0);
            }

            Magnitude(chunk, i, TermLane.Options, split, out upper, out lower);
            TVector value = Ceil(upper, lower, split, One, ref excess);
            TLanes.Store(Part(value, TLanes.Load(ref taus, i), Year, ref excess), ref chunk.Years[i], 0);
            TLanes.Store(excess, ref chunk.Excess[i], 0);
        }
    }

    /// <summary>The magnitude of a sum in two parts, upper·2ⁿ + lower, and its sign: all ones where it is below zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Magnitude(BookChunk chunk, int at, int lane, int split, out TVector upper, out TVector lower)
    {
        TVector high = TLanes.LoadEvery(ref MemoryMarshal.GetArrayDataReference(chunk.Upper), (at * TermLane.Count) + lane, TermLane.Count);
        TVector low = TLanes.LoadEvery(ref MemoryMarshal.GetArrayDataReference(chunk.Lower), (at * TermLane.Count) + lane, TermLane.Count);
        TVector sign = TLanes.ShiftRight(TLanes.Add(high, TLanes.ShiftRight(low, split)), 63);
        high = TLanes.Subtract(TLanes.Xor(high, sign), sign);
        low = TLanes.Subtract(TLanes.Xor(low, sign), sign);
        upper = TLanes.Add(high, TLanes.ShiftRight(low, split));
        lower = TLanes.And(low, TLanes.Broadcast((1L << split) - 1));
        return sign;
    }

    /// <summary>⌈a·rate/d⌉ for a below 2⁵⁶ and a rate of 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Part(TVector a, TVector rate, Reciprocal divisor, ref TVector excess)
    {
        TVector lower = TLanes.Product(a, rate);
        TVector upper = TLanes.Add(TLanes.Product(TLanes.ShiftRightLogical(a, HalfBits), rate), TLanes.ShiftRightLogical(lower, HalfBits));
        return Ceil(upper, TLanes.And(lower, TLanes.Broadcast(uint.MaxValue)), HalfBits, divisor, ref excess);
    }

    /// <summary>⌈(upper·2ⁿ + lower)/d⌉ by two digits; notes where that has more bits than a term may have.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Ceil(TVector upper, TVector lower, int n, Reciprocal divisor, ref TVector excess)
    {
        // Why it fits: upper is below 2⁶²; d is below 2²⁸ and n at most 32, so the rest with the lower digit is below 2⁶¹.
        TVector first = Divide(upper, divisor);
        TVector rest = TLanes.Subtract(upper, TLanes.Multiply(first, TLanes.Broadcast(divisor.Divisor)));
        excess = TLanes.Or(excess, TLanes.ShiftRightLogical(first, BookTotals.TermBits - n));
        TVector second = Divide(TLanes.Add(TLanes.Add(TLanes.ShiftLeft(rest, n), lower), TLanes.Broadcast(divisor.Divisor - 1)), divisor);
        return TLanes.Add(TLanes.ShiftLeft(first, n), second);
    }

    /// <summary>⌊a/d⌋: the upper word of a product of 64 by 64 bits from four of 32 by 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Divide(TVector a, Reciprocal divisor)
    {
        TVector m = TLanes.Broadcast((long)(divisor.Multiplier & uint.MaxValue));
        TVector mUpper = TLanes.Broadcast((long)(divisor.Multiplier >> HalfBits));
        TVector aUpper = TLanes.ShiftRightLogical(a, HalfBits);
        TVector mixed = TLanes.Add(TLanes.Product(aUpper, m), TLanes.ShiftRightLogical(TLanes.Product(a, m), HalfBits));
        TVector other = TLanes.Add(TLanes.Product(a, mUpper), TLanes.And(mixed, TLanes.Broadcast(uint.MaxValue)));
        TVector upper = TLanes.Add(TLanes.Product(aUpper, mUpper), TLanes.Add(TLanes.ShiftRightLogical(mixed, HalfBits), TLanes.ShiftRightLogical(other, HalfBits)));
        return TLanes.ShiftRightLogical(upper, divisor.Shift);
    }
}
