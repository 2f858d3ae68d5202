namespace OnchainMargin.Solver.Api;

/// <summary>A collateral of an account.</summary>
/// <param name="Token">Its number.</param>
/// <param name="Symbol">What people call it; its number after a # when the deployment's record does not list it.</param>
/// <param name="Decimals">Its decimals.</param>
/// <param name="AmountRaw">The amount in base units.</param>
/// <param name="ValueE8">Its value.</param>
/// <param name="HaircutE8">What of it does not count.</param>
internal sealed record CollateralView(
    string Token, string Symbol, int Decimals, string AmountRaw, string ValueE8, string HaircutE8);
