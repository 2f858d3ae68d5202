namespace OnchainMargin.Margin;

/// <summary>What binds in the group that requires most.</summary>
/// <param name="Group">The group.</param>
/// <param name="Branch">The branch of the maximum.</param>
/// <param name="Underlying">The underlying, when one alone binds; otherwise null.</param>
/// <param name="Scenario">The scenario's index, or null when a kink or the minimum binds.</param>
/// <param name="Kink">The position whose strike binds, or null.</param>
public sealed record WorstCase(byte Group, WitnessBranch Branch, ushort? Underlying, int? Scenario, int? Kink);
