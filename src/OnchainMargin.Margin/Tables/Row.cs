namespace OnchainMargin.Margin;

/// <summary>Layout of a row of the tables: 37 values, then what else depends on instrument and checkpoint alone. 40 numbers fill whole cache lines.</summary>
internal static class Row
{
    /// <summary>Numbers a row.</summary>
    internal const int Stride = 40;

    /// <summary>Where the intrinsic value stands.</summary>
    internal const int Intrinsic = 37;

    /// <summary>Where the place of the kink stands (Q16 on the axis of q), or <see cref="NoKink"/>.</summary>
    internal const int Kink = 38;

    /// <summary>Where the slope of the kink stands.</summary>
    internal const int Slope = 39;

    /// <summary>The place of a kink that is not there.</summary>
    internal const long NoKink = long.MinValue;
}
