namespace OnchainMargin.Margin;

/// <summary>What one walk over the positions of an account in one underlying finds besides its buckets.</summary>
internal struct BookWalk
{
    /// <summary>All magnitudes of sizes or-ed together.</summary>
    internal ulong Magnitudes;

    /// <summary>The floor.</summary>
    internal long FloorE8;

    /// <summary>Not 0 when a term of the floor is too large for a word.</summary>
    internal ulong Excess;

    /// <summary>Everything that any instrument is.</summary>
    internal InstrumentTraits Any;

    /// <summary>How many positions are narrow.</summary>
    internal int Narrow;
}
