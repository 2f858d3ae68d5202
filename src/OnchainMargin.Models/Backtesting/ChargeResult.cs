namespace OnchainMargin.Models.Backtesting;

/// <summary>One charge of one underlying under one set of parameters, beside what it would have had to be.</summary>
/// <param name="Underlying">The underlying.</param>
/// <param name="Charge"><c>basis</c> or <c>vega</c>.</param>
/// <param name="Policy">The parameters' name.</param>
/// <param name="Observations">Moments with something recorded then and at the horizon.</param>
/// <param name="Breaches">Those of which more was needed than charged.</param>
/// <param name="Average">The charge's average.</param>
/// <param name="Needed">What 99.5 % of the moments needed at most.</param>
/// <param name="Worst">The most that was needed.</param>
/// <param name="WorstTime">When, unix seconds.</param>
public sealed record ChargeResult(string Underlying, string Charge, string Policy, int Observations, int Breaches, double Average, double Needed, double Worst, long WorstTime);
