namespace OnchainMargin.Models.Backtesting;

/// <summary>How many portfolios of a backtest reach what margin is to reach, under one set of parameters.</summary>
/// <param name="Policy">The parameters' name.</param>
/// <param name="Portfolios">Portfolios.</param>
/// <param name="Year">Those breached in at most 0.5 % of the moments of every year.</param>
/// <param name="Month">Those breached in at most 1.5 % of the moments of every month.</param>
/// <param name="Independent">Those of which independence of breaches is not rejected at 5 %.</param>
/// <param name="Steady">Those whose requirement has at most half the peak to trough of an EWMA value at risk at equal coverage.</param>
/// <param name="AverageMaintenance">Mean of average maintenance margins.</param>
/// <param name="Liquidations">Liquidations of accounts with equity of one initial margin.</param>
/// <param name="NeedlessLiquidations">Those that hindsight calls needless.</param>
public sealed record BacktestAims(
    string Policy, int Portfolios, int Year, int Month, int Independent, int Steady, double AverageMaintenance, int Liquidations, int NeedlessLiquidations)
{
    private const double YearShare = 0.005;
    private const double MonthShare = 0.015;
    private const double Significance = 0.05;

    /// <summary>Counts, one for each set of parameters.</summary>
    public static IReadOnlyList<BacktestAims> Of(IReadOnlyList<PortfolioResult> results) =>
    [
        .. results.GroupBy(r => r.Policy, StringComparer.Ordinal).Select(group => new BacktestAims(
            group.Key,
            group.Count(),
            group.Count(r => r.ByYear.Values.All(share => share <= YearShare)),
            group.Count(r => r.WorstMonth.Share <= MonthShare),
            group.Count(r => r.Independence.PValue >= Significance),
            group.Count(r => r.Requirement.PeakToTrough <= r.Ewma.PeakToTrough / 2),
            group.Average(r => r.AverageMaintenance),
            group.Sum(r => r.Liquidations),
            group.Sum(r => r.NeedlessLiquidations))),
    ];
}
