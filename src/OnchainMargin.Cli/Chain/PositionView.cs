namespace OnchainMargin.Cli.Chain;

/// <summary>A position as people and programs read it.</summary>
/// <param name="Size">Units of the underlying; negative is short.</param>
/// <param name="Cost">What was paid for it.</param>
internal sealed record PositionView(string Size, string Cost);
