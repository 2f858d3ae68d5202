namespace OnchainMargin.Models.Portfolios;

/// <summary>An instrument as the revaluation sees it, in doubles.</summary>
/// <param name="Market">Place of its underlying among the paths.</param>
/// <param name="Forward">What moves with spot: spot, mark or forward.</param>
/// <param name="Discount">Discount factor.</param>
/// <param name="Strike">Strike, 0 for anything linear.</param>
/// <param name="IsCall">A call, or a put.</param>
/// <param name="Volatility">Volatility of its strike, a year.</param>
/// <param name="Years">Time to expiry now.</param>
public readonly record struct RiskInstrument(int Market, double Forward, double Discount, double Strike, bool IsCall, double Volatility, double Years);
