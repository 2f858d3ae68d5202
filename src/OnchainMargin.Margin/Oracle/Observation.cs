namespace OnchainMargin.Margin;

/// <summary>What the sources of an underlying say at one moment.</summary>
/// <param name="PriceE8">The median of those that agree, E8; 0 when none does.</param>
/// <param name="Live">How many have a price.</param>
/// <param name="Used">How many agree.</param>
public readonly record struct Observation(long PriceE8, int Live, int Used);
