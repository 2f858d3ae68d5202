namespace OnchainMargin.Solver.Parameters;

/// <summary>A token's base haircut that the policy moves.</summary>
/// <param name="Token">The token.</param>
/// <param name="Before">In force.</param>
/// <param name="After">What is proposed.</param>
internal sealed record HaircutDecision(ushort Token, double Before, double After);
