using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OnchainMargin.Margin;

/// <summary>What the narrow options of an account can lose between two neighbouring nodes, in the unit of short sums, rounded up.</summary>
internal struct BookInterval
{
    /// <summary>Beyond all sums.</summary>
    private const long Far = 1L << 62;

    /// <summary>Rounding of the line at a place of 16 bits.</summary>
    private const long LineRounding = 1 << (BookUnderlying.PlaceBits + 1);

    private long _dip;
    private long _hump;
    private int _from;
    private int _to;

    /// <summary>Adds a kink.</summary>
    /// <param name="isFirst">Whether it is the first of the interval.</param>
    /// <param name="dip">The most that a long one sags below the line between the nodes.</param>
    /// <param name="hump">The most that a short one is worth above its payoff.</param>
    /// <param name="place">Its place in the interval, rounded down, in 2¹⁶ths of it.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add(bool isFirst, long dip, long hump, int place)
    {
        // Why unchecked: products of short sizes and short values; places within the interval.
        unchecked
        {
            _dip = (isFirst ? 0 : _dip) + dip;
            _hump = (isFirst ? 0 : _hump) + hump;
            _from = Math.Min(isFirst ? place : _from, place);
            _to = Math.Max(isFirst ? place : _to, place + 1);
        }
    }

    /// <summary>At which of four shocks the interval can hold a loss above a limit, one bit each: at its nodes where a hump stands beside them, and at its kinks below the line.</summary>
    /// <param name="lower">E at the lower node.</param>
    /// <param name="upper">E at the upper node.</param>
    /// <param name="roundings">What the roundings of one unit of money come to.</param>
    /// <param name="limit">The limit.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly uint Above(Vector256<long> lower, Vector256<long> upper, long roundings, long limit)
    {
        unchecked
        {
            // The line is lowest at one of the outermost kinks. Without a hump the nodes count as scenarios already.
            Vector256<long> step = Vector256.ShiftRightArithmetic(upper - lower, BookUnderlying.PlaceBits);
            Vector256<long> line = lower + Vector256.Min(step * _from, step * _to);
            Vector256<long> least = Vector256.Create((Scenarios.FullWeight * (_dip + _hump + roundings)) + LineRounding - limit);
            Vector256<long> leastAtNodes = Vector256.Create(_hump == 0 ? -Far : (Scenarios.FullWeight * (_hump + roundings)) - limit);
            return (Vector256.LessThan(line, least) | Vector256.LessThan(Vector256.Min(lower, upper), leastAtNodes)).ExtractMostSignificantBits();
        }
    }
}
