namespace OnchainMargin.Models.Policy;

/// <summary>Where governance lets the parameters of an underlying move.</summary>
/// <param name="RangeLeast">Least price range.</param>
/// <param name="RangeMost">Largest price range; the coupled bound of the chain holds it to 0.169 where a token with a haircut of up to a quarter is collateral.</param>
/// <param name="VolLeast">Least volatility shock.</param>
/// <param name="VolMost">Largest volatility shock.</param>
/// <param name="DepthLeast">Least depth, units.</param>
/// <param name="DepthMost">Largest depth, units.</param>
/// <param name="HaircutLeast">Least haircut of the token that is the underlying.</param>
/// <param name="HaircutMost">Largest haircut.</param>
public readonly record struct Corridor(
    double RangeLeast, double RangeMost, double VolLeast, double VolMost, double DepthLeast, double DepthMost, double HaircutLeast, double HaircutMost);
