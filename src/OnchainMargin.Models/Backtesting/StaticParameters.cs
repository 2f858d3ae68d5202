using OnchainMargin.Margin;

namespace OnchainMargin.Models.Backtesting;

/// <summary>The parameters of an underlying as the specification starts with them.</summary>
/// <param name="Risk">Risk parameters.</param>
/// <param name="DepthE8">Depth.</param>
/// <param name="HaircutE8">Haircut of the token that is the underlying.</param>
public sealed record StaticParameters(RiskParameters Risk, long DepthE8, long HaircutE8);
