namespace OnchainMargin.Margin;

/// <summary>One published surface of an expiry: the forward now, the forward at publication, and SVI in annualised variance.</summary>
/// <param name="ForwardE8">The live forward (MRG-011).</param>
/// <param name="PublishedForwardE8">The forward published with the surface.</param>
/// <param name="AE12">Level, may be negative.</param>
/// <param name="BE12">Slope of the wings.</param>
/// <param name="RhoE8">Skew, −1 to 1.</param>
/// <param name="ME8">Place of the minimum in log-moneyness.</param>
/// <param name="SigmaE8">Curvature at the minimum, positive.</param>
[SpecRule("MRG-004")]
public readonly record struct Surface(long ForwardE8, long PublishedForwardE8, long AE12, long BE12, int RhoE8, int ME8, long SigmaE8);
