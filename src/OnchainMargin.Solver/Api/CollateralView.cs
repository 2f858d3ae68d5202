namespace OnchainMargin.Solver.Api;

/// <summary>A collateral of an account.</summary>
/// <param name="Token">Its number.</param>
/// <param name="Symbol">What people call it.</param>
/// <param name="AmountRaw">The amount in base units.</param>
/// <param name="ValueE8">Its value.</param>
/// <param name="HaircutE8">What of it does not count.</param>
internal sealed record CollateralView(
    string Token, string Symbol, string AmountRaw, string ValueE8, string HaircutE8);
