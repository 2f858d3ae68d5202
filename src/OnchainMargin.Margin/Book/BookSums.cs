namespace OnchainMargin.Margin;

/// <summary>Sums over the scenarios in short numbers: approximate, with a bound, so that only scenarios which may be the worst are reckoned exactly.</summary>
internal abstract class BookSums
{
    /// <summary>Scenarios, and as many zeros as fill the vectors.</summary>
    internal const int Lanes = BookUnderlying.ShortStride;

    /// <summary>Weights of the scenarios.</summary>
    internal static readonly long[] Weights = [.. Scenarios.Weights.ToArray().Select(static weight => (long)weight), 0, 0, 0];

    /// <summary>The sums of a width.</summary>
    internal static BookSums Of(LaneWidth width) => width switch
    {
        LaneWidth.Bits512 => new LaneSums<Lanes512, System.Runtime.Intrinsics.Vector512<long>>(),
        LaneWidth.Bits256 => new LaneSums<Lanes256, System.Runtime.Intrinsics.Vector256<long>>(),
        LaneWidth.Bits128 => new LaneSums<Lanes128, System.Runtime.Intrinsics.Vector128<long>>(),
        _ => new LaneSums<Lanes64, long>(),
    };

    /// <summary>w·Σ size·value at every scenario, and the same with narrow options at their intrinsic value.</summary>
    /// <param name="table">Short values.</param>
    /// <param name="time">What narrow options are worth above their intrinsic value.</param>
    /// <param name="rows">The row of each position.</param>
    /// <param name="sizes">Sizes.</param>
    /// <param name="cut">How many bits of the sizes are cut.</param>
    /// <param name="narrow">Which positions are narrow.</param>
    /// <param name="weighted">Where the sums go, <see cref="Lanes"/> of them.</param>
    /// <param name="exact">Where the others go; untouched when nothing is narrow.</param>
    /// <returns>The least of all.</returns>
    internal abstract long Weigh(
        int[] table, int[] time, ReadOnlySpan<int> rows, ReadOnlySpan<long> sizes, int cut, ReadOnlySpan<int> narrow, long[] weighted, long[] exact);

    /// <summary>Each position's part of the floor.</summary>
    /// <param name="chunk">Sizes and rates, and where the parts go.</param>
    /// <param name="count">How many positions.</param>
    internal abstract void Floor(BookChunk chunk, int count);

    /// <summary>Σ size·lane of every bucket.</summary>
    /// <param name="u">The underlying.</param>
    /// <param name="chunk">Rows, sizes and buckets of positions, and where the sums go.</param>
    /// <param name="count">How many positions.</param>
    internal abstract void Sum(BookUnderlying u, BookChunk chunk, int count);

    /// <summary>The charges of all buckets of a chunk.</summary>
    /// <param name="u">The underlying.</param>
    /// <param name="chunk">Their sums, and where the charges go.</param>
    /// <param name="count">How many.</param>
    internal abstract void Charge(BookUnderlying u, BookChunk chunk, int count);

    /// <summary>Sums what the buckets of each account hold and charge.</summary>
    /// <param name="chunk">The buckets, and where the sums go.</param>
    /// <param name="count">How many accounts.</param>
    internal abstract void Total(BookChunk chunk, int count);

    /// <summary>The scenarios whose sum is at most a limit, one bit each.</summary>
    internal abstract ulong AtMost(long[] weighted, long limit);

    /// <summary>Adds ⌊weighted/2ⁿ⌋ to every sum.</summary>
    internal abstract void Join(long[] sums, long[] weighted, int shift);

    /// <summary>The least of all.</summary>
    internal abstract long Least(long[] sums);
}
