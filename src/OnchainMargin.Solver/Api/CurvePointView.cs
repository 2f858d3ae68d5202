namespace OnchainMargin.Solver.Api;

/// <summary>The account at one price.</summary>
/// <param name="PriceE8">The price.</param>
/// <param name="GainE8">What equity would change by.</param>
/// <param name="EquityE8">Equity.</param>
/// <param name="MaintenanceE8">Maintenance margin.</param>
internal sealed record CurvePointView(
    string PriceE8, string GainE8, string EquityE8, string MaintenanceE8);
