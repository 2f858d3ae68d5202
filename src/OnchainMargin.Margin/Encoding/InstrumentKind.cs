namespace OnchainMargin.Margin;

/// <summary>The four kinds of instrument; the values are part of the encoding.</summary>
public enum InstrumentKind
{
    /// <summary>A perpetual: no expiry, no strike.</summary>
    Perpetual = 0,

    /// <summary>A dated future: no strike.</summary>
    Future = 1,

    /// <summary>A European call.</summary>
    Call = 2,

    /// <summary>A European put.</summary>
    Put = 3,
}
