using OnchainMargin.Models.Coverage;

namespace OnchainMargin.Models.Backtesting;

/// <summary>One portfolio under one set of parameters. Money is a part of the notional.</summary>
public sealed record PortfolioResult
{
    /// <summary>The portfolio.</summary>
    public required string Portfolio { get; init; }

    /// <summary>The parameters' name.</summary>
    public required string Policy { get; init; }

    /// <summary>Breaches at each horizon.</summary>
    public required IReadOnlyList<BreachCount> Breaches { get; init; }

    /// <summary>Share of moments with a breach of maintenance margin at the last horizon, by year.</summary>
    public required IReadOnlyDictionary<string, double> ByYear { get; init; }

    /// <summary>The worst month and its share.</summary>
    public required (string Month, double Share) WorstMonth { get; init; }

    /// <summary>Tests of breaches over spans of the last horizon that do not overlap.</summary>
    public required CoverageTest Kupiec { get; init; }

    /// <summary>Independence of one span from the next.</summary>
    public required CoverageTest Independence { get; init; }

    /// <summary>Both.</summary>
    public required CoverageTest Joint { get; init; }

    /// <summary>Average maintenance margin.</summary>
    public required double AverageMaintenance { get; init; }

    /// <summary>Average initial margin.</summary>
    public required double AverageInitial { get; init; }

    /// <summary>1 less average maintenance over average standard margin.</summary>
    public required double Saving { get; init; }

    /// <summary>Of maintenance margin.</summary>
    public required Procyclicality Requirement { get; init; }

    /// <summary>Of an EWMA value at risk of the portfolio's own losses, scaled to breach as often.</summary>
    public required Procyclicality Ewma { get; init; }

    /// <summary>Average of that value at risk.</summary>
    public required double EwmaAverage { get; init; }

    /// <summary>Accounts with equity of one initial margin that fell under maintenance margin before the last horizon.</summary>
    public required int Liquidations { get; init; }

    /// <summary>Those whose equity was back over maintenance margin at the last horizon.</summary>
    public required int NeedlessLiquidations { get; init; }

    /// <summary>Maintenance margin once a day, for plots.</summary>
    public required IReadOnlyList<(long Time, double Value)> Path { get; init; }

    /// <summary>The scaled EWMA value at risk once a day.</summary>
    public required IReadOnlyList<(long Time, double Value)> EwmaPath { get; init; }

    /// <summary>Loss over the last horizon once a day.</summary>
    public required IReadOnlyList<(long Time, double Value)> Losses { get; init; }
}
