namespace OnchainMargin.Oracle;

/// <summary>A call of the searched market: seconds to expiry, strike, volatility and forward, in units of spot. A put is a call less a forward, so calls and the perpetual span everything.</summary>
public sealed record SearchedCall(double Tau, double Strike, double Volatility, double Forward);
