namespace OnchainMargin.Solver.Api;

/// <summary>Equity and requirement against the price of one underlying, the others standing still.</summary>
/// <param name="Underlying">The underlying.</param>
/// <param name="Name">Its name.</param>
/// <param name="SpotE8">Its price now.</param>
/// <param name="Points">From half to one and a half of the price.</param>
internal sealed record CurveView(
    string Underlying, string Name, string SpotE8, IReadOnlyList<CurvePointView> Points);
