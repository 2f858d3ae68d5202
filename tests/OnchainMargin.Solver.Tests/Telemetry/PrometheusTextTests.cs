using System.Diagnostics.Metrics;
using OnchainMargin.Solver.Telemetry;

namespace OnchainMargin.Solver.Tests.Telemetry;

public sealed class PrometheusTextTests
{
    [Fact]
    public void Write_GaugeRecordedTwice_TellsTheLastValueOfEachSeries()
    {
        using var meter = new Meter("OnchainMargin.Tests.Gauges");
        using var prometheus = new PrometheusText();
        Gauge<double> price = meter.CreateGauge<double>("omargin.test.price");
        price.Record(100, new KeyValuePair<string, object?>("market", "BTC"));
        price.Record(7, new KeyValuePair<string, object?>("market", "BTC"));
        price.Record(3, new KeyValuePair<string, object?>("market", "ETH"));

        Assert.Contains("# TYPE omargin_test_price gauge\nomargin_test_price{market=\"BTC\"} 7\nomargin_test_price{market=\"ETH\"} 3\n", prometheus.Write(), StringComparison.Ordinal);
    }

    [Fact]
    public void Write_WhatIsAdded_TellsTheSum()
    {
        using var meter = new Meter("OnchainMargin.Tests.Sums");
        using var prometheus = new PrometheusText();
        UpDownCounter<long> open = meter.CreateUpDownCounter<long>("omargin.test.open");
        open.Add(3);
        open.Add(-1);
        Counter<long> done = meter.CreateCounter<long>("omargin.test.done");
        done.Add(3);
        done.Add(1);

        string text = prometheus.Write();
        Assert.Contains("# TYPE omargin_test_open gauge\nomargin_test_open 2\n", text, StringComparison.Ordinal);
        Assert.Contains("# TYPE omargin_test_done_total counter\nomargin_test_done_total 4\n", text, StringComparison.Ordinal);
    }

    /// <summary>The look at a large book takes longer than ten seconds: what is compared with the time between blocks must have bounds above it.</summary>
    [Fact]
    public void Write_Histogram_TellsMinutesFromSeconds()
    {
        using var meter = new Meter("OnchainMargin.Tests.Histograms");
        using var prometheus = new PrometheusText();
        Histogram<double> stage = meter.CreateHistogram<double>("omargin.test.stage", "s");
        stage.Record(11);
        stage.Record(45);

        string text = prometheus.Write();
        Assert.Contains("omargin_test_stage_seconds_bucket{le=\"10\"} 0\nomargin_test_stage_seconds_bucket{le=\"30\"} 1\nomargin_test_stage_seconds_bucket{le=\"60\"} 2\n", text, StringComparison.Ordinal);
    }

    /// <summary>As collectors do with what comes over OTLP: a dashboard is the same over both.</summary>
    [Fact]
    public void Write_Seconds_StandInTheName()
    {
        using var meter = new Meter("OnchainMargin.Tests.Units");
        using var prometheus = new PrometheusText();
        meter.CreateGauge<double>("omargin.test.age", "s").Record(7);
        meter.CreateCounter<double>("omargin.test.busy", "s").Add(2);
        meter.CreateGauge<long>("omargin.test.lag", "{block}").Record(3);

        string text = prometheus.Write();
        Assert.Contains("\nomargin_test_age_seconds 7\n", text, StringComparison.Ordinal);
        Assert.Contains("\nomargin_test_busy_seconds_total 2\n", text, StringComparison.Ordinal);
        Assert.Contains("\nomargin_test_lag 3\n", text, StringComparison.Ordinal);
    }

    /// <summary>A label that holds an expiry would be there for ever, and four more each day.</summary>
    [Fact]
    public void Metrics_ExpiryIsOver_SeriesEnds()
    {
        using var meter = new Meter("OnchainMargin.Tests.Expiries");
        using var prometheus = new PrometheusText();
        long[] listed = [1, 2];
        _ = meter.CreateObservableGauge("omargin.test.expiries", () => listed.Select(static expiry => new Measurement<long>(7, new KeyValuePair<string, object?>("expiry", expiry))));
        Assert.Contains("omargin_test_expiries{expiry=\"1\"} 7\nomargin_test_expiries{expiry=\"2\"} 7\n", prometheus.Write(), StringComparison.Ordinal);

        listed = [2];
        string text = prometheus.Write();
        Assert.Contains("omargin_test_expiries{expiry=\"2\"} 7\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("expiry=\"1\"", text, StringComparison.Ordinal);
    }

    /// <summary>What is observed is the whole each time, be it a sum.</summary>
    [Fact]
    public void Write_WhatIsObserved_TellsWhatItIsNow()
    {
        using var meter = new Meter("OnchainMargin.Tests.Observed");
        using var prometheus = new PrometheusText();
        _ = meter.CreateObservableUpDownCounter("omargin.test.rooms", static () => 5L);
        _ = meter.CreateObservableCounter("omargin.test.calls", static () => 6L);
        _ = prometheus.Write();

        string text = prometheus.Write();
        Assert.Contains("omargin_test_rooms 5\n", text, StringComparison.Ordinal);
        Assert.Contains("omargin_test_calls_total 6\n", text, StringComparison.Ordinal);
    }
}
