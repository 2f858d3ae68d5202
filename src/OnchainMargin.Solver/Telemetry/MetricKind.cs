namespace OnchainMargin.Solver.Telemetry;

/// <summary>What a metric is to Prometheus.</summary>
internal enum MetricKind
{
    /// <summary>Only grows.</summary>
    Counter = 0,

    /// <summary>Is what it was last said to be.</summary>
    Gauge = 1,

    /// <summary>Counts values by size.</summary>
    Histogram = 2,

    /// <summary>Grows and shrinks by what is told; Prometheus has no other name for it than gauge.</summary>
    UpDown = 3,
}
