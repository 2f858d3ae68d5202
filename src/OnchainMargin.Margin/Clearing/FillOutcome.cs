namespace OnchainMargin.Margin;

/// <summary>A state after a fill.</summary>
/// <param name="State">The state; a position of size zero is gone.</param>
/// <param name="RealisedE8">What moved from cost into cash.</param>
/// <param name="ValueE8">What cash − cost fell by.</param>
public sealed record FillOutcome(AccountState State, Int128 RealisedE8, Int128 ValueE8);
