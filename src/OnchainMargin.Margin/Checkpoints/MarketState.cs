namespace OnchainMargin.Margin;

/// <summary>What may be done in the market of an underlying; no part of the margin.</summary>
public enum MarketState
{
    /// <summary>Everything.</summary>
    Normal = 0,

    /// <summary>Only what reduces.</summary>
    ReduceOnly = 1,

    /// <summary>Nothing; priced at its last good price.</summary>
    Halted = 2,

    /// <summary>Prices as in a normal market, but insurance has fallen: only what reduces, and what is taken out heeds prices alone.</summary>
    Uninsured = 3,
}
