using System.Runtime.CompilerServices;

namespace OnchainMargin.Margin;

/// <summary>What the narrow options of an account can lose between two neighbouring nodes, in the unit of short sums, rounded up.</summary>
internal struct BookInterval
{
    private const int Weight = 24;

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

    /// <summary>No less than the largest loss of the interval at a shock, weighted: at its nodes where a hump stands beside them, and at its kinks below the line.</summary>
    /// <param name="lower">E at the lower node.</param>
    /// <param name="upper">E at the upper node.</param>
    /// <param name="roundings">What the roundings of one unit of money come to.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal readonly long Most(long lower, long upper, long roundings)
    {
        unchecked
        {
            // The line is lowest at one of the outermost kinks. Without a hump the nodes count as scenarios already.
            long step = (upper - lower) >> BookUnderlying.PlaceBits;
            long line = lower + Math.Min(step * _from, step * _to);
            long atKinks = (Weight * (_dip + _hump + roundings)) - line + LineRounding;
            long atNodes = _hump == 0 ? long.MinValue : (Weight * (_hump + roundings)) - Math.Min(lower, upper);
            return Math.Max(atKinks, atNodes);
        }
    }
}
