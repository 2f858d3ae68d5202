namespace OnchainMargin.Margin;

/// <summary>What an instrument is at a checkpoint.</summary>
[Flags]
internal enum InstrumentTraits : byte
{
    /// <summary>Perpetual, future or spot.</summary>
    None = 0,

    /// <summary>A call or a put.</summary>
    Option = 1,

    /// <summary>Its range is not 0: it can still move.</summary>
    Live = 2,

    /// <summary>Its strike is below the forward.</summary>
    Below = 4,

    /// <summary>It is narrow at some shock (MRG-032).</summary>
    Narrow = 8,

    /// <summary>Its kink stands exactly on the lower node of its interval, so that its hump counts on both sides.</summary>
    OnNode = 16,

    /// <summary>The checkpoint does not hold its expiry.</summary>
    Missing = 32,

    /// <summary>Spot collateral.</summary>
    Spot = 64,

    /// <summary>An option far enough from expiry to have vega.</summary>
    Vega = 128,
}
