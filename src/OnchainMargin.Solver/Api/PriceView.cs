namespace OnchainMargin.Solver.Api;

/// <summary>An underlying at the last checkpoint.</summary>
/// <param name="Underlying">Its number.</param>
/// <param name="SpotE8">Spot.</param>
/// <param name="PerpetualMarkE8">Mark of the perpetual.</param>
/// <param name="AverageSpotE8">Average of spot.</param>
/// <param name="CumulativeFundingE8">Funding of one long unit so far.</param>
/// <param name="OpenInterestE8">Open interest, smoothed.</param>
/// <param name="MarketState">Normal, ReduceOnly or Halted.</param>
internal sealed record PriceView(string Underlying, string SpotE8, string PerpetualMarkE8, string AverageSpotE8, string CumulativeFundingE8, string OpenInterestE8, string MarketState);
