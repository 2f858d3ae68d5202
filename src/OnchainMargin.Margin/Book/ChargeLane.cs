namespace OnchainMargin.Margin;

/// <summary>What a bucket charges, one lane each; summed over the buckets of an account.</summary>
internal static class ChargeLane
{
    /// <summary>Δ_b·S.</summary>
    internal const int Delta = 0;

    /// <summary>Its magnitude.</summary>
    internal const int Gross = 1;

    /// <summary>What it adds to X of MRG-042.</summary>
    internal const int Basis = 2;

    /// <summary>Its vega charge.</summary>
    internal const int Vega = 3;

    /// <summary>What the vega charge grows by at the surface's age.</summary>
    internal const int Stale = 4;

    /// <summary>What it adds to the sum of MRG-045.</summary>
    internal const int Years = 5;

    /// <summary>Not 0 where one of these is too large for the sums; below 2⁵⁴.</summary>
    internal const int Excess = 6;

    /// <summary>Lanes; the last is not used.</summary>
    internal const int Count = 8;
}
