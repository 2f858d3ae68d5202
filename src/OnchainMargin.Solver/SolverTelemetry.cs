using System.Diagnostics.Metrics;

namespace OnchainMargin.Solver;

/// <summary>Figures of the solver for <c>System.Diagnostics.Metrics</c>, under the meter <c>OnchainMargin.Solver</c>.</summary>
internal static class SolverTelemetry
{
    /// <summary>The meter's name.</summary>
    public const string Name = "OnchainMargin.Solver";

    private static readonly Meter Meter = new(Name);

    internal static readonly Counter<long> FeedAlerts = Meter.CreateCounter<long>("omargin.feed.alerts", "{alert}", "Alerts about prices, by kind and subject; counted while they last, once a look.");

    internal static readonly Counter<long> FeedLooks = Meter.CreateCounter<long>("omargin.feed.looks", "{look}", "Looks at prices, by endpoint.");

    internal static readonly Gauge<double> FeedPrice = Meter.CreateGauge<double>("omargin.feed.price", "{unit}", "The spot of an underlying, by endpoint.");

    internal static readonly Gauge<int> FeedMarketState = Meter.CreateGauge<int>("omargin.feed.market_state", "{state}", "0 normal, 1 reduce-only, 2 halted.");
}
