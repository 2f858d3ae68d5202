namespace OnchainMargin.Margin;

/// <summary>What the book needs of an instrument besides its values at the scenarios; read once a position.</summary>
internal struct InstrumentTerms
{
    /// <summary>The expiry of spot collateral, which is a bucket of its own.</summary>
    internal const int SpotBucket = -2;

    /// <summary>The expiry of the perpetual.</summary>
    internal const int PerpetualBucket = -1;

    /// <summary>No interval of the price axis.</summary>
    internal const sbyte Nowhere = -1;

    /// <summary>The mark, by which surfaces are chosen.</summary>
    internal long Mark;

    /// <summary>What the floor takes of a unit that is held, E16; 0 for spot.</summary>
    internal long FloorLongE16;

    /// <summary>What the floor takes of a unit that is owed, E16; stands behind the one above, so that a sign can choose.</summary>
    internal long FloorShortE16;

    /// <summary>The scenarios at which it has its intrinsic value anyway, or is not narrow: one bit each.</summary>
    internal ulong Same;

    /// <summary>The most that a long narrow option can sag below the line between its nodes, in the unit of short values, rounded up.</summary>
    internal long Dip;

    /// <summary>The most that a narrow option is worth above its payoff, in the unit of short values, rounded up.</summary>
    internal long Hump;

    /// <summary>The place of its kink in the interval, in 2¹⁶ths of it, rounded down.</summary>
    internal int Place;

    /// <summary>The place of the expiry in its record, or one of the buckets above.</summary>
    internal int Bucket;

    /// <summary>What it is.</summary>
    internal InstrumentTraits Traits;

    /// <summary>The interval of the price axis that holds its kink, by its lower node, or <see cref="Nowhere"/>.</summary>
    internal sbyte Interval;
}
