namespace OnchainMargin.Models.Backtesting;

/// <summary>Breaches at one horizon.</summary>
/// <param name="Hours">The horizon.</param>
/// <param name="Observations">Moments with a loss known.</param>
/// <param name="Maintenance">Losses beyond maintenance margin.</param>
/// <param name="Initial">Losses beyond initial margin.</param>
/// <param name="WorstShortfall">The largest loss beyond maintenance margin, of the notional; 0 without breach.</param>
/// <param name="WorstTime">When that portfolio was taken, unix seconds; 0 without breach.</param>
public readonly record struct BreachCount(double Hours, int Observations, int Maintenance, int Initial, double WorstShortfall, long WorstTime);
