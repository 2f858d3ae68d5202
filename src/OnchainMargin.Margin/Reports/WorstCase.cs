namespace OnchainMargin.Margin;

/// <summary>What binds in the group that requires most.</summary>
/// <param name="Group">The group.</param>
/// <param name="Branch">The branch of the maximum.</param>
/// <param name="Underlying">The underlying, when one alone binds; otherwise null.</param>
/// <param name="Point">The scenario, kink or node; null when the minimum binds.</param>
public sealed record WorstCase(byte Group, WitnessBranch Branch, ushort? Underlying, Point? Point);
