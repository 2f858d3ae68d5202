namespace OnchainMargin.Solver.Api;

/// <summary>An underlying now.</summary>
/// <param name="Underlying">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="SpotE8">Spot.</param>
/// <param name="PerpetualMarkE8">Mark of the perpetual.</param>
/// <param name="AverageSpotE8">Average of spot.</param>
/// <param name="CumulativeFundingE8">Funding of one long unit so far.</param>
/// <param name="FundingRateE8">The rate a funding interval that the last two checkpoints show; null before there are two.</param>
/// <param name="OpenInterestE8">Open interest, smoothed.</param>
/// <param name="MarketState">Normal, ReduceOnly, Halted, or Uninsured: good prices while insurance is low.</param>
internal sealed record PriceView(
    string Underlying, string Name, string SpotE8, string PerpetualMarkE8, string AverageSpotE8, string CumulativeFundingE8, string? FundingRateE8, string OpenInterestE8, string MarketState);
