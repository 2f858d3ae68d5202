namespace OnchainMargin.Margin;

/// <summary>One underlying of the accounts of a chunk; kept and used again.</summary>
internal sealed class BookPart
{
    internal BookUnderlying Underlying { get; set; } = null!;

    /// <summary>Where the positions of each account begin among the block's.</summary>
    internal int[] First { get; } = new int[BookChunk.AccountsMax];

    /// <summary>How many each has.</summary>
    internal int[] Count { get; } = new int[BookChunk.AccountsMax];

    /// <summary>All magnitudes of an account's sizes or-ed together.</summary>
    internal ulong[] Magnitudes { get; } = new ulong[BookChunk.AccountsMax];

    /// <summary>Everything that any instrument of an account is.</summary>
    internal InstrumentTraits[] Any { get; } = new InstrumentTraits[BookChunk.AccountsMax];

    /// <summary>Where the narrow positions of each account begin, and behind the last where they end.</summary>
    internal int[] NarrowStart { get; } = new int[BookChunk.AccountsMax + 1];

    /// <summary>The narrow positions, by their place among those of their account.</summary>
    internal int[] Narrow { get; } = new int[BookChunk.PositionsMax];

    /// <summary>Whether an account cannot be computed in the words of the book.</summary>
    internal bool[] IsMisfit { get; } = new bool[BookChunk.AccountsMax];

    /// <summary>What it adds to the totals of each account, where the block keeps no shares.</summary>
    internal BookShare[] Shares { get; } = new BookShare[BookChunk.AccountsMax];

    /// <summary>The short option minimum of each account.</summary>
    internal long[] ShortMinimumE8 { get; } = new long[BookChunk.AccountsMax];

    /// <summary>Weighted sums of the scenarios of the account at hand, in units of 2^Shift.</summary>
    internal long[] Weighted { get; } = new long[BookSums.Lanes];

    /// <summary>The same with narrow options at their intrinsic value; only where there is one.</summary>
    internal long[] Exact { get; } = new long[BookSums.Lanes];

    /// <summary>The least of both.</summary>
    internal long Least { get; set; }

    /// <summary>How many bits of its sizes are cut.</summary>
    internal int Cut { get; set; }

    /// <summary>Binary logarithm of a unit of the sums, E16.</summary>
    internal int Shift { get; set; }

    /// <summary>The most that a weighted sum is off, units.</summary>
    internal long Slack { get; set; }

    /// <summary>Whether weighted sums are off by less than half a word.</summary>
    internal bool IsTight { get; set; }

    /// <summary>Whether a position is narrow at some shock.</summary>
    internal bool IsNarrow { get; set; }

    /// <summary>The scenarios at which E is N, one bit each.</summary>
    internal ulong Same { get; set; }

    /// <summary>Sums of scenarios that may be the worst, or of the exact ones.</summary>
    internal long[] Best => IsNarrow ? Exact : Weighted;

    /// <summary>The narrow positions of an account.</summary>
    internal ReadOnlySpan<int> NarrowOf(int account) => Narrow.AsSpan(NarrowStart[account], NarrowStart[account + 1] - NarrowStart[account]);
}
