namespace OnchainMargin.Margin;

/// <summary>Layout of a row of the tables: 37 values, then what else depends on instrument and checkpoint alone. 48 numbers fill whole cache lines.</summary>
internal static class Row
{
    /// <summary>Numbers a row.</summary>
    internal const int Stride = 48;

    /// <summary>Where the intrinsic value stands.</summary>
    internal const int Intrinsic = 37;

    /// <summary>Where the place of the kink stands (Q16 on the axis of q).</summary>
    internal const int Kink = 38;

    /// <summary>Where the discounted strike stands.</summary>
    internal const int DiscountedStrike = 39;

    /// <summary>Where the humps of the three shocks stand, <see cref="Wide"/> where the option is not narrow.</summary>
    internal const int Humps = 40;

    /// <summary>The hump of an option that is not narrow.</summary>
    internal const long Wide = -1;

    /// <summary>Number of shocks of volatility.</summary>
    internal const int Shocks = 3;

    /// <summary>Whether an option is narrow at any shock.</summary>
    internal static bool IsNarrow(ReadOnlySpan<long> row) => row[Humps] != Wide || row[Humps + 1] != Wide || row[Humps + 2] != Wide;
}
