namespace OnchainMargin.Cli.Surfaces;

/// <summary>How well many surfaces fit. Errors and shares are of expiries over a day, arbitrage of all.</summary>
internal sealed record SurfaceSummary
{
    public required string Name { get; init; }

    public required int Surfaces { get; init; }

    public required int Expiries { get; init; }

    /// <summary>Vol points.</summary>
    public required double MedianRmsByVega { get; init; }

    /// <summary>Vol points, every strike alike.</summary>
    public required double MedianRms { get; init; }

    /// <summary>Share of strikes inside bid and ask.</summary>
    public required double Inside { get; init; }

    /// <summary>The same, widened by half a vol point.</summary>
    public required double InsideWidened { get; init; }

    public required double NoButterflyBefore { get; init; }

    public required double NoCalendarBefore { get; init; }

    public required double FreeAfter { get; init; }

    public required double MedianMilliseconds { get; init; }

    public required double NinetiethMilliseconds { get; init; }

    public required double MostMilliseconds { get; init; }
}
