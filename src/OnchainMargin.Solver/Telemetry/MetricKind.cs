namespace OnchainMargin.Solver.Telemetry;

/// <summary>What a metric is to Prometheus.</summary>
internal enum MetricKind
{
    /// <summary>Only grows.</summary>
    Counter = 0,

    /// <summary>Goes up and down.</summary>
    Gauge = 1,

    /// <summary>Counts values by size.</summary>
    Histogram = 2,
}
