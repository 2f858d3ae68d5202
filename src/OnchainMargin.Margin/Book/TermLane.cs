namespace OnchainMargin.Margin;

/// <summary>What is summed over the positions of a bucket, one lane each.</summary>
internal static class TermLane
{
    /// <summary>value(+1, 0) − value(−1, 0).</summary>
    internal const int Rise = 0;

    /// <summary>The mark of options.</summary>
    internal const int Options = 1;

    /// <summary>Vega of strikes below the forward.</summary>
    internal const int Below = 2;

    /// <summary>Vega of other strikes.</summary>
    internal const int Above = 3;

    /// <summary>The mark of equity; 0 for spot collateral, which counts as collateral.</summary>
    internal const int Mark = 4;

    /// <summary>The mark of floor equity of what is held; nothing is added for what is owed.</summary>
    internal const int FloorLong = 5;

    /// <summary>The mark of floor equity of what is owed; nothing is added for what is held.</summary>
    internal const int FloorShort = 6;

    /// <summary>One for options that are live and owed; nothing is added for what is held.</summary>
    internal const int Short = 7;

    /// <summary>Lanes.</summary>
    internal const int Count = 8;
}
