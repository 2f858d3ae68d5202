namespace OnchainMargin.Solver.Api;

/// <summary>What an account holds of a token.</summary>
/// <param name="Token">The token's number.</param>
/// <param name="AmountRaw">The amount in base units.</param>
internal sealed record BalanceView(string Token, string AmountRaw);
