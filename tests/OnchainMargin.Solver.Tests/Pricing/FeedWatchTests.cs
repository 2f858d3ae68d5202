using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum;
using OnchainMargin.Solver.Pricing;

namespace OnchainMargin.Solver.Tests.Pricing;

public sealed class FeedWatchTests
{
    private const ulong Price = 3_000_00000000;
    private static readonly Address[] Sources = [.. Enumerable.Range(1, 3).Select(static i => Address.Parse($"0x{i:x40}"))];

    [Fact]
    public void Alerts_EverythingWell_None() =>
        Assert.Empty(FeedChecks.Alerts([("a", Reading(10)), ("b", Reading(9))], 5));

    [Fact]
    public void Alerts_EndpointsSilentOrBehind_AreNamedAndNotCompared()
    {
        IReadOnlySet<FeedAlert> alerts = FeedChecks.Alerts([("a", null), ("b", Reading(4, Price * 2)), ("c", Reading(10))], 5);

        Assert.Equal(
            [new FeedAlert(FeedAlertKind.EndpointSilent, "a"), new FeedAlert(FeedAlertKind.EndpointBehind, "b")],
            alerts.OrderBy(static alert => alert.Kind));
    }

    [Fact]
    public void Alerts_NumbersAtTheEndOfTheirRange_AreJudgedAsAnyOther()
    {
        Assert.Equal([new FeedAlert(FeedAlertKind.EndpointBehind, "b")], FeedChecks.Alerts([("a", Reading(ulong.MaxValue)), ("b", Reading(10))], 5));
        Assert.Empty(FeedChecks.Alerts([("a", Reading(10, sources: [ulong.MaxValue, ulong.MaxValue]))], 5));
    }

    [Fact]
    public void Alerts_EndpointsWithOtherPrices_Disagree()
    {
        FeedAlert alert = Assert.Single(FeedChecks.Alerts([("a", Reading(10)), ("b", Reading(10, Price * 103 / 100))], 5));

        Assert.Equal((FeedAlertKind.EndpointsDisagree, "market 1: a and b"), (alert.Kind, alert.Subject));
    }

    [Theory]
    [InlineData(0, FeedAlertKind.SourceSilent)]
    [InlineData(Price * 1015 / 1000, FeedAlertKind.SourceDeviates)]
    [InlineData(Price * 10, FeedAlertKind.SourceDeviates)]
    public void Alerts_OneOfThreeSources_IsNamed(ulong priceE8, object kind)
    {
        FeedAlert alert = Assert.Single(FeedChecks.Alerts([("a", Reading(10, sources: [Price, priceE8, Price]))], 5));

        Assert.Equal(((FeedAlertKind)kind, $"source {Sources[1]} of market 1"), (alert.Kind, alert.Subject));
    }

    [Fact]
    public void Alerts_HaltedMarket_IsTold() =>
        Assert.Equal(FeedAlertKind.MarketNotNormal, Assert.Single(FeedChecks.Alerts([("a", Reading(10, state: 2))], 5)).Kind);

    [Fact]
    public async Task LookAsync_EndpointFails_IsAnAlertUntilItAnswersAndCountsInTheMeter()
    {
        var reader = new FakeReader("failing");
        var watch = new FeedWatch([reader, new FakeReader("good")], 5, TimeProvider.System, NullLogger<FeedWatch>.Instance);
        long counted = 0;
        using var listener = new MeterListener();
        listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == SolverTelemetry.Name && instrument.Name == "omargin.feed.alerts")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((_, value, tags, _) =>
        {
            if (tags.ToArray().Contains(new KeyValuePair<string, object?>("subject", "failing")))
            {
                Interlocked.Add(ref counted, value);
            }
        });
        listener.Start();

        reader.Failure = new RpcTransportException("no answer");
        await watch.LookAsync(CancellationToken.None);
        reader.Failure = new OverflowException("a number that nobody foresaw");
        await watch.LookAsync(CancellationToken.None);
        Assert.Equal([new FeedAlert(FeedAlertKind.EndpointSilent, "failing")], watch.Alerts);
        Assert.Equal(2, Interlocked.Read(ref counted));

        reader.Failure = null;
        await watch.LookAsync(CancellationToken.None);
        Assert.Empty(watch.Alerts);
    }

    /// <summary>Each series is there before its first alert, or no alert on increases would hear of that.</summary>
    [Fact]
    public void Possible_HasEveryAlert()
    {
        (string, FeedReading?)[] readings = [("a", null), ("b", Reading(4)), ("c", Reading(10, state: 2, sources: [Price, 0, Price * 2])), ("d", Reading(10, Price * 2))];
        IReadOnlySet<FeedAlert> alerts = FeedChecks.Alerts(readings, 5);
        Assert.Equal(Enum.GetValues<FeedAlertKind>(), alerts.Select(static alert => alert.Kind).Distinct().Order());
        Assert.Subset(FeedChecks.Possible(readings).ToHashSet(), alerts.ToHashSet());
    }

    private static FeedReading Reading(ulong block, ulong spotE8 = Price, byte state = 0, ulong[]? sources = null) => new(
        block,
        [new MarketReading(1, spotE8, state, 2_000_000, [.. (sources ?? [Price, Price, Price]).Zip(Sources, static (price, source) => new SourceReading(source, price))])]);

    private sealed class FakeReader(string name) : IFeedReader
    {
        public Exception? Failure { get; set; }

        public string Name => name;

        public Task<FeedReading> ReadAsync(CancellationToken cancellationToken) =>
            Failure is { } failure ? Task.FromException<FeedReading>(failure) : Task.FromResult(Reading(10));
    }
}
