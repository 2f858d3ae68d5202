namespace OnchainMargin.Margin;

/// <summary>From what a token's haircut follows (MRG-013).</summary>
/// <param name="BaseE8">The haircut below the threshold.</param>
/// <param name="MaxE8">The largest haircut.</param>
/// <param name="ThresholdE8">What the vault holds, in whole tokens, where it begins to grow; 0 for no growth.</param>
public readonly record struct HaircutParameters(uint BaseE8, uint MaxE8, ulong ThresholdE8);
