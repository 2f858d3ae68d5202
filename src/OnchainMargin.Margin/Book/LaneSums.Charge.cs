using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace OnchainMargin.Margin;

/// <content>The charges of buckets and the floors of positions, several at once: divisions by multiplying with reciprocals.</content>
internal sealed partial class LaneSums<TLanes, TVector>
{
    private const int HalfBits = 32;
    private const int LowerBits = 28;
    private const int FloorTwos = 16;
    private const int FloorDigit = 24;
    private const ulong FloorScale = (ulong)Rounding.One * (ulong)Rounding.One;

    private static readonly ulong AllLanes = (1UL << TLanes.Count) - 1;
    private static readonly LaneDivisor One = new(Rounding.One);
    private static readonly LaneDivisor Two = new(2 * Rounding.One);
    private static readonly LaneDivisor Year = new(Rounding.Year);
    private static readonly Reciprocal FloorOdd = new((long)(FloorScale >> FloorTwos));

    /// <inheritdoc/>
    [SpecRule("MRG-041")]
    internal override void Charge(BookUnderlying u, BookChunk chunk, int count)
    {
        int split = u.LaneSplit;
        bool isStale = u.Charges.IsStale;
        LaneDivisor range = u.Charges.PriceRange;
        TVector vegaRate = TLanes.Broadcast(u.Charges.VegaE8);
        ref long uppers = ref MemoryMarshal.GetArrayDataReference(chunk.Upper);
        ref long lowers = ref MemoryMarshal.GetArrayDataReference(chunk.Lower);
        ref long expiries = ref Unsafe.As<BookExpiry, long>(ref MemoryMarshal.GetArrayDataReference(chunk.Expiries));
        ref long charges = ref MemoryMarshal.GetArrayDataReference(chunk.Charges);
        for (int i = 0; i < count; i += TLanes.Count)
        {
            TVector excess = TLanes.Broadcast(0);
            int at = i * TermLane.Count;
            TLanes.LoadRows(ref uppers, at, TermLane.Count, out TVector rise, out TVector options, out TVector below, out TVector above);
            TLanes.LoadRows(ref lowers, at, TermLane.Count, out TVector riseLower, out TVector optionsLower, out TVector belowLower, out TVector aboveLower);
            TLanes.LoadRows(ref expiries, i * BookExpiry.Stride, BookExpiry.Stride, out TVector tau, out TVector basisRate, out TVector staleRate, out _);
            TVector sign = Magnitude(ref rise, ref riseLower, split);
            TVector gross = Ceil(rise, TLanes.ShiftLeft(riseLower, 1), split + 1, range, ref excess);
            TVector basis = Part(gross, basisRate, One, ref excess);

            Magnitude(ref below, ref belowLower, split);
            Magnitude(ref above, ref aboveLower, split);
            TVector vega = Ceil(TLanes.Add(below, above), TLanes.Add(belowLower, aboveLower), split, Two, ref excess);
            TVector charge = Part(vega, vegaRate, One, ref excess);
            TVector stale = isStale ? TLanes.Subtract(Part(vega, staleRate, One, ref excess), charge) : TLanes.Broadcast(0);

            Magnitude(ref options, ref optionsLower, split);
            TVector years = Part(Ceil(options, optionsLower, split, One, ref excess), tau, Year, ref excess);
            TLanes.StoreRows(ref charges, at, ChargeLane.Count, TLanes.Subtract(TLanes.Xor(gross, sign), sign), gross, basis, charge);
            TLanes.StoreRows(ref charges, at + ChargeLane.Stale, ChargeLane.Count, stale, years, excess, excess);
        }
    }

    /// <inheritdoc/>
    [SpecRule("MRG-054")]
    internal override void Floor(BookChunk chunk, int count)
    {
        ref long positions = ref MemoryMarshal.GetArrayDataReference(chunk.Positions);
        TVector half = TLanes.Broadcast(uint.MaxValue);
        for (int i = 0; i < count; i += TLanes.Count)
        {
            TVector size = TLanes.Load(ref positions, i);
            TVector sign = TLanes.ShiftRight(size, 63);
            TVector a = TLanes.Subtract(TLanes.Xor(size, sign), sign);
            TVector rate = TLanes.Load(ref positions, BookChunk.Rates + i);

            // |size| ≤ 2⁵⁸ by a rate of a word: the product in two words.
            TVector aUpper = TLanes.ShiftRightLogical(a, HalfBits);
            TVector rateUpper = TLanes.ShiftRightLogical(rate, HalfBits);
            TVector first = TLanes.Product(a, rate);
            TVector mixed = TLanes.Add(TLanes.Product(a, rateUpper), TLanes.ShiftRightLogical(first, HalfBits));
            TVector other = TLanes.Add(TLanes.Product(aUpper, rate), TLanes.And(mixed, half));
            TVector high = TLanes.Add(TLanes.Product(aUpper, rateUpper), TLanes.Add(TLanes.ShiftRightLogical(mixed, HalfBits), TLanes.ShiftRightLogical(other, HalfBits)));
            TVector low = TLanes.Or(TLanes.ShiftLeft(other, HalfBits), TLanes.And(first, half));

            // ⌈product/10¹⁶⌉: the twos of the divisor by a shift, the rest by two digits, the lower of 24 bits. Products of 2¹⁰² and more are noted: the quotient of others is below 2⁴⁹.
            TVector excess = TLanes.Min(TLanes.ShiftRightLogical(high, FloorTwos + FloorDigit - 2), TLanes.Broadcast(1));
            TVector upper = TLanes.Or(TLanes.ShiftLeft(high, 64 - FloorTwos - FloorDigit), TLanes.ShiftRightLogical(low, FloorTwos + FloorDigit));
            TVector digit = TLanes.Add(
                TLanes.And(TLanes.ShiftRightLogical(low, FloorTwos), TLanes.Broadcast((1L << FloorDigit) - 1)),
                TLanes.ShiftRightLogical(TLanes.Add(TLanes.And(low, TLanes.Broadcast((1L << FloorTwos) - 1)), TLanes.Broadcast((1L << FloorTwos) - 1)), FloorTwos));
            TVector quotient = Divide(upper, FloorOdd);
            TVector rest = TLanes.Subtract(upper, TLanes.Multiply(quotient, TLanes.Broadcast(FloorOdd.Divisor)));
            TVector second = Divide(TLanes.Add(TLanes.Add(TLanes.ShiftLeft(rest, FloorDigit), digit), TLanes.Broadcast(FloorOdd.Divisor - 1)), FloorOdd);
            TVector floor = TLanes.And(TLanes.Add(TLanes.ShiftLeft(quotient, FloorDigit), second), TLanes.Broadcast((1L << BookTotals.TermBits) - 1));
            TLanes.Store(TLanes.Or(floor, TLanes.ShiftLeft(excess, BookTotals.TermBits)), ref positions, BookChunk.Floors + i);
        }
    }

    /// <summary>Makes a sum in two parts, upper·2ⁿ + lower, its magnitude.</summary>
    /// <returns>Its sign: all ones where it is below zero.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Magnitude(ref TVector upper, ref TVector lower, int split)
    {
        TVector sign = TLanes.ShiftRight(TLanes.Add(upper, TLanes.ShiftRight(lower, split)), 63);
        TVector high = TLanes.Subtract(TLanes.Xor(upper, sign), sign);
        TVector low = TLanes.Subtract(TLanes.Xor(lower, sign), sign);
        upper = TLanes.Add(high, TLanes.ShiftRight(low, split));
        lower = TLanes.And(low, TLanes.Broadcast((1L << split) - 1));
        return sign;
    }

    /// <summary>⌈a·rate/d⌉ for a below 2⁵⁶ and a rate of 32 bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Part(TVector a, TVector rate, LaneDivisor divisor, ref TVector excess)
    {
        TVector lower = TLanes.Product(a, rate);
        TVector upper = TLanes.Add(TLanes.Product(TLanes.ShiftRightLogical(a, HalfBits), rate), TLanes.ShiftRightLogical(lower, HalfBits));
        return Ceil(upper, TLanes.And(lower, TLanes.Broadcast(uint.MaxValue)), HalfBits, divisor, ref excess);
    }

    /// <summary>⌈(upper·2ⁿ + lower)/d⌉ for n no less than the twos of d; notes where that has more bits than a term may have.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Ceil(TVector upper, TVector lower, int n, LaneDivisor divisor, ref TVector excess)
    {
        Reciprocal rest = divisor.Rest;
        n -= divisor.Twos;
        lower = TLanes.Add(TLanes.ShiftRightLogical(TLanes.Add(lower, TLanes.Broadcast((1L << divisor.Twos) - 1)), divisor.Twos), TLanes.Broadcast(rest.Divisor - 1));

        // Mostly all of it has no more than 64 bits: lower is below 2ⁿ⁺¹ + 2²⁸.
        long most = (long)Math.Min(long.MaxValue, (ulong.MaxValue >> n) - (1UL << LowerBits >> n) - 3);
        TVector quotient = TLanes.AtMost(upper, TLanes.Broadcast(most)) == AllLanes
            ? Divide(TLanes.Add(TLanes.ShiftLeft(upper, n), lower), rest)
            : DivideLong(upper, lower, n, rest);
        excess = TLanes.Or(excess, TLanes.ShiftRightLogical(quotient, BookTotals.TermBits));
        return quotient;
    }

    /// <summary>⌊(upper·2ⁿ + lower)/d⌋ by two digits; at least 2⁵⁴ where it has more bits than a term may have.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TVector DivideLong(TVector upper, TVector lower, int n, Reciprocal divisor)
    {
        // Why it fits: upper is below 2⁶²; d is below 2²⁸ and n at most 33, so the rest with the lower digit is below 2⁶².
        TVector first = Divide(upper, divisor);
        TVector rest = TLanes.Subtract(upper, TLanes.Multiply(first, TLanes.Broadcast(divisor.Divisor)));
        TVector quotient = TLanes.Add(TLanes.ShiftLeft(first, n), Divide(TLanes.Add(TLanes.ShiftLeft(rest, n), lower), divisor));
        TVector large = TLanes.Min(TLanes.ShiftRightLogical(first, BookTotals.TermBits - n), TLanes.Broadcast(1));
        return TLanes.Or(quotient, TLanes.ShiftLeft(large, BookTotals.TermBits));
    }

    /// <summary>⌊a/d⌋ of numbers read without a sign: the upper word of a product of 64 by 64 bits from four of 32 by 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static TVector Divide(TVector a, Reciprocal divisor)
    {
        TVector m = TLanes.Broadcast((long)(divisor.Multiplier & uint.MaxValue));
        TVector mUpper = TLanes.Broadcast((long)(divisor.Multiplier >> HalfBits));
        TVector aUpper = TLanes.ShiftRightLogical(a, HalfBits);
        TVector mixed = TLanes.Add(TLanes.Product(aUpper, m), TLanes.ShiftRightLogical(TLanes.Product(a, m), HalfBits));
        TVector other = TLanes.Add(TLanes.Product(a, mUpper), TLanes.And(mixed, TLanes.Broadcast(uint.MaxValue)));
        TVector upper = TLanes.Add(TLanes.Product(aUpper, mUpper), TLanes.Add(TLanes.ShiftRightLogical(mixed, HalfBits), TLanes.ShiftRightLogical(other, HalfBits)));
        return TLanes.ShiftRightLogical(TLanes.Add(upper, TLanes.ShiftRightLogical(TLanes.Subtract(a, upper), 1)), divisor.Shift);
    }
}
