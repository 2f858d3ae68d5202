namespace OnchainMargin.Solver.Pricing;

/// <summary>Something that is wrong with prices, as long as it lasts. Equal alerts are one and the same.</summary>
/// <param name="Kind">What.</param>
/// <param name="Subject">Of what: an endpoint, a source, a market.</param>
internal readonly record struct FeedAlert(FeedAlertKind Kind, string Subject);
