namespace OnchainMargin.Solver.Api;

/// <summary>What can be withdrawn of a token by computation.</summary>
/// <param name="Account">The account.</param>
/// <param name="Token">The token.</param>
/// <param name="Symbol">Its name.</param>
/// <param name="Decimals">Its decimals.</param>
/// <param name="AmountRaw">The largest amount in base units that keeps the initial margin.</param>
/// <param name="Reason">What else holds the account back, whatever it is worth, in a sentence: an auction, a pause, a market, a settlement price that is not fixed; null where margin alone does.</param>
internal sealed record WithdrawableView(
    string Account, string Token, string Symbol, int Decimals, string AmountRaw, string? Reason);
