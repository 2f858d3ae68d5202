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

    /// <summary>w·Σ size·value at every scenario.</summary>
    /// <param name="table">Short values.</param>
    /// <param name="rows">The row of each position.</param>
    /// <param name="sizes">Short sizes.</param>
    /// <param name="weighted">Where the sums go, <see cref="Lanes"/> of them.</param>
    /// <returns>The least.</returns>
    internal abstract long Weigh(int[] table, ReadOnlySpan<int> rows, ReadOnlySpan<long> sizes, long[] weighted);

    /// <summary>Σ size·part of every lane: upper parts first, then lower ones.</summary>
    /// <param name="table">The lanes.</param>
    /// <param name="lines">Where the line of each position begins.</param>
    /// <param name="sizes">Sizes.</param>
    /// <param name="sums">Where the sums go.</param>
    internal abstract void Sum(long[] table, ReadOnlySpan<int> lines, ReadOnlySpan<long> sizes, long[] sums);

    /// <summary>The scenarios whose sum is at most a limit, one bit each.</summary>
    internal abstract ulong AtMost(long[] weighted, long limit);

    /// <summary>Adds ⌊weighted/2ⁿ⌋ to every sum.</summary>
    internal abstract void Join(long[] sums, long[] weighted, int shift);

    /// <summary>The least of all.</summary>
    internal abstract long Least(long[] sums);
}
