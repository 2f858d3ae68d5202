namespace OnchainMargin.Solver.Api;

/// <summary>The tail of an account's loss by full revaluation over simulated paths, money in whole units of the settlement token. An estimate, so JSON numbers: nothing is decided by it.</summary>
/// <param name="Checkpoint">The checkpoint it starts from.</param>
/// <param name="HorizonHours">Time that passes.</param>
/// <param name="Level">Level of value at risk and shortfall.</param>
/// <param name="ValueAtRisk">The quantile of the loss.</param>
/// <param name="ValueAtRiskLow">Lower end of its interval of 95 %.</param>
/// <param name="ValueAtRiskHigh">Upper end.</param>
/// <param name="ExpectedShortfall">The mean loss beyond it.</param>
/// <param name="ExpectedShortfallLow">Lower end of its interval.</param>
/// <param name="ExpectedShortfallHigh">Upper end.</param>
/// <param name="Figures">The account's margin beside it.</param>
/// <param name="Positions">What each position adds to the expected shortfall.</param>
/// <param name="Collateral">What collateral that is an underlying adds.</param>
internal sealed record TailView(
    string Checkpoint,
    int HorizonHours,
    double Level,
    double ValueAtRisk,
    double ValueAtRiskLow,
    double ValueAtRiskHigh,
    double ExpectedShortfall,
    double ExpectedShortfallLow,
    double ExpectedShortfallHigh,
    FiguresView Figures,
    IReadOnlyList<ContributionView> Positions,
    double Collateral)
{
    /// <summary>Scenarios drawn.</summary>
    public const int Scenarios = 10_000;

    /// <summary>Always the same: two answers about one checkpoint agree.</summary>
    public const int Seed = 1;

    /// <summary>Hours of a year.</summary>
    public const double HoursPerYear = 8760;
}
