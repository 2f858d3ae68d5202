namespace OnchainMargin.Solver.Api;

/// <summary>How far one price may move before the account can be liquidated.</summary>
/// <param name="Underlying">The underlying.</param>
/// <param name="Name">Its name.</param>
/// <param name="SpotE8">Its price now.</param>
/// <param name="BelowE8">The price below; null when none is near.</param>
/// <param name="AboveE8">The price above; null when none is near.</param>
/// <param name="BelowPercent">The move down in percent, negative.</param>
/// <param name="AbovePercent">The move up in percent.</param>
internal sealed record DistanceView(
    string Underlying, string Name, string SpotE8, string? BelowE8, string? AboveE8, string? BelowPercent, string? AbovePercent);
