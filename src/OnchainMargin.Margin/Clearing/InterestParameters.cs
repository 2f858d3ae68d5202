namespace OnchainMargin.Margin;

/// <summary>The curve of the borrowing rate.</summary>
/// <param name="BaseRateE12">Rate a year at no utilisation.</param>
/// <param name="KinkUtilisationE8">Utilisation at the kink, between 0 and one.</param>
/// <param name="KinkRateE12">Rate a year at the kink.</param>
/// <param name="MaxRateE12">Rate a year at full utilisation.</param>
/// <param name="ReserveE8">The share of interest that insurance keeps.</param>
public sealed record InterestParameters(long BaseRateE12, long KinkUtilisationE8, long KinkRateE12, long MaxRateE12, long ReserveE8);
