namespace OnchainMargin.Solver.Api;

/// <summary>The volatility surface of one expiry, SVI in annualised variance.</summary>
/// <param name="Underlying">The underlying.</param>
/// <param name="ExpirySeconds">The expiry.</param>
/// <param name="SurfaceTimeSeconds">When it was published.</param>
/// <param name="ForwardE8">The live forward.</param>
/// <param name="PublishedForwardE8">The forward that was published with it.</param>
/// <param name="AE12">Level.</param>
/// <param name="BE12">Slope of the wings.</param>
/// <param name="RhoE8">Skew.</param>
/// <param name="ME8">Place of the minimum.</param>
/// <param name="SigmaE8">Curvature.</param>
/// <param name="DiscountE12">Discount factor.</param>
internal sealed record SurfaceView(
    string Underlying, string ExpirySeconds, string SurfaceTimeSeconds, string ForwardE8, string PublishedForwardE8, string AE12, string BE12, string RhoE8, string ME8, string SigmaE8, string DiscountE12);
