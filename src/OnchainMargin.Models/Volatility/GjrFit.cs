namespace OnchainMargin.Models.Volatility;

/// <summary>A GJR(1,1) fitted by maximum likelihood.</summary>
/// <param name="Parameters">The estimates.</param>
/// <param name="StandardErrors">Their standard errors, from the inverse Hessian of the log-likelihood.</param>
/// <param name="LogLikelihood">At the estimates.</param>
/// <param name="NextVariance">The variance forecast for the period after the last return.</param>
public sealed record GjrFit(GjrParameters Parameters, GjrParameters StandardErrors, double LogLikelihood, double NextVariance);
