namespace OnchainMargin.Margin;

/// <summary>One underlying of the account at hand; kept and used again.</summary>
internal sealed class BookPart
{
    internal BookUnderlying Underlying { get; set; } = null!;

    /// <summary>Where its positions begin among the account's.</summary>
    internal int First { get; set; }

    /// <summary>How many it has.</summary>
    internal int Count { get; set; }

    /// <summary>Weighted sums of the scenarios in units of 2^Shift.</summary>
    internal long[] Weighted { get; } = new long[BookSums.Lanes];

    /// <summary>The same with narrow options at their intrinsic value; only where there is one.</summary>
    internal long[] Exact { get; } = new long[BookSums.Lanes];

    /// <summary>The least of <see cref="Weighted"/>.</summary>
    internal long Least { get; set; }

    /// <summary>The least of <see cref="Exact"/>.</summary>
    internal long LeastExact { get; set; }

    /// <summary>Binary logarithm of a unit of the sums, E16.</summary>
    internal int Shift { get; set; }

    /// <summary>The most that a weighted sum is off, units.</summary>
    internal long Slack { get; set; }

    /// <summary>The short option minimum.</summary>
    internal long ShortMinimumE8 { get; set; }

    /// <summary>Whether a position is narrow at some shock.</summary>
    internal bool IsNarrow { get; set; }

    /// <summary>Whether there is an option: without one, volatility changes nothing.</summary>
    internal bool HasOptions { get; set; }

    /// <summary>Sums of scenarios that may be the worst, or of the exact ones.</summary>
    internal long[] Best => IsNarrow ? Exact : Weighted;
}
