namespace OnchainMargin.Solver.Api;

/// <summary>What an account holds of a token.</summary>
/// <param name="Token">The token's number.</param>
/// <param name="Symbol">What people call it; its number after a # when the deployment's record does not list it.</param>
/// <param name="Decimals">Its decimals.</param>
/// <param name="AmountRaw">The amount in base units.</param>
internal sealed record BalanceView(string Token, string Symbol, int Decimals, string AmountRaw);
