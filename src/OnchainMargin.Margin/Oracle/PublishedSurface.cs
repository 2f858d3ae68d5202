namespace OnchainMargin.Margin;

/// <summary>The surface of one expiry as attesters publish it, with its own forward and spot.</summary>
/// <param name="Expiry">Unix seconds.</param>
/// <param name="ForwardE8">The forward.</param>
/// <param name="SpotE8">The spot beside which the forward was seen.</param>
/// <param name="AE12">Level of the variance a year, may be negative.</param>
/// <param name="BE12">Slope of the wings.</param>
/// <param name="RhoE8">Skew, −1 to 1.</param>
/// <param name="ME8">Place of the minimum in log-moneyness.</param>
/// <param name="SigmaE8">Curvature at the minimum, positive.</param>
public readonly record struct PublishedSurface(uint Expiry, long ForwardE8, long SpotE8, long AE12, long BE12, int RhoE8, int ME8, uint SigmaE8)
{
    /// <summary>The slice, its forward where it was published.</summary>
    public Surface Surface => new(ForwardE8, ForwardE8, AE12, BE12, RhoE8, ME8, SigmaE8);

    /// <summary>Volatility at a log-moneyness to its forward, Q32 a year (MRG-022).</summary>
    /// <param name="kQ32">ln(strike, forward), Q32.</param>
    public long VolatilityQ32(long kQ32) => new Smile(Surface).AtStrike(kQ32);
}
