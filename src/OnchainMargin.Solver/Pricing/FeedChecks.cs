using System.Collections.Immutable;
using System.Globalization;

namespace OnchainMargin.Solver.Pricing;

/// <summary>Says what is wrong with prices, from what several endpoints show of them.</summary>
internal static class FeedChecks
{
    private const ulong One = 100_000_000;

    /// <summary>Every alert, once each.</summary>
    /// <param name="readings">What each endpoint shows; null for one that does not answer.</param>
    /// <param name="blocksBehind">How many blocks an endpoint may be behind the newest.</param>
    public static IReadOnlySet<FeedAlert> Alerts(IReadOnlyList<(string Endpoint, FeedReading? Reading)> readings, ulong blocksBehind)
    {
        HashSet<FeedAlert> alerts = [];
        ulong newest = readings.Max(static one => one.Reading?.BlockNumber ?? 0);
        (string Endpoint, FeedReading Reading)? best = null;
        foreach ((string endpoint, FeedReading? reading) in readings)
        {
            if (reading is null)
            {
                alerts.Add(new FeedAlert(FeedAlertKind.EndpointSilent, endpoint));
            }
            else if (newest - reading.BlockNumber > blocksBehind)
            {
                alerts.Add(new FeedAlert(FeedAlertKind.EndpointBehind, endpoint));
            }
            else if (best is not { } first)
            {
                best = (endpoint, reading);
            }
            else
            {
                Compare(first, (endpoint, reading), alerts);
            }
        }

        foreach (MarketReading market in best?.Reading.Markets ?? [])
        {
            Check(market, alerts);
        }

        return alerts;
    }

    /// <summary>Everything that there could be an alert of, by what endpoints show: each alert of <see cref="Alerts"/> is among it.</summary>
    /// <param name="readings">What each endpoint shows; null for one that does not answer.</param>
    public static IReadOnlySet<FeedAlert> Possible(IReadOnlyList<(string Endpoint, FeedReading? Reading)> readings)
    {
        HashSet<FeedAlert> alerts = [];
        for (int i = 0; i < readings.Count; i++)
        {
            (string endpoint, FeedReading? reading) = readings[i];
            alerts.Add(new FeedAlert(FeedAlertKind.EndpointSilent, endpoint));
            alerts.Add(new FeedAlert(FeedAlertKind.EndpointBehind, endpoint));
            foreach (MarketReading market in reading?.Markets ?? [])
            {
                alerts.Add(NotNormal(market));
                alerts.UnionWith(market.Sources.SelectMany(source => new[] { FeedAlertKind.SourceSilent, FeedAlertKind.SourceDeviates }, (source, kind) => new FeedAlert(kind, SourceOf(market, source))));
                alerts.UnionWith(readings.Skip(i + 1).Select(other => Disagree(market, endpoint, other.Endpoint)));
            }
        }

        return alerts;
    }

    private static FeedAlert NotNormal(MarketReading market) => new(FeedAlertKind.MarketNotNormal, string.Create(CultureInfo.InvariantCulture, $"market {market.Underlying}"));

    private static FeedAlert Disagree(MarketReading market, string first, string second) =>
        new(FeedAlertKind.EndpointsDisagree, string.Create(CultureInfo.InvariantCulture, $"market {market.Underlying}: {first} and {second}"));

    private static string SourceOf(MarketReading market, SourceReading source) => string.Create(CultureInfo.InvariantCulture, $"source {source.Source} of market {market.Underlying}");

    /// <summary>Two endpoints may see prices some blocks apart; more than the deviation that sources are allowed is no lag.</summary>
    private static void Compare((string Endpoint, FeedReading Reading) first, (string Endpoint, FeedReading Reading) second, HashSet<FeedAlert> alerts)
    {
        foreach (MarketReading market in first.Reading.Markets)
        {
            MarketReading? other = second.Reading.Markets.FirstOrDefault(one => one.Underlying == market.Underlying);
            if (other is null || IsFar(market.SpotE8, other.SpotE8, market.MaxDeviationE8))
            {
                alerts.Add(Disagree(market, first.Endpoint, second.Endpoint));
            }
        }
    }

    private static void Check(MarketReading market, HashSet<FeedAlert> alerts)
    {
        if (market.State != 0)
        {
            alerts.Add(NotNormal(market));
        }

        ImmutableArray<ulong> prices = [.. market.Sources.Where(static source => source.PriceE8 != 0).Select(static source => source.PriceE8).Order()];
        foreach (SourceReading source in market.Sources)
        {
            string subject = SourceOf(market, source);
            if (source.PriceE8 == 0)
            {
                alerts.Add(new FeedAlert(FeedAlertKind.SourceSilent, subject));
            }
            else if (IsFar(Median(prices), source.PriceE8, market.MaxDeviationE8 / 2))
            {
                // At half of what the contract allows, so that an operator hears before a market stops.
                alerts.Add(new FeedAlert(FeedAlertKind.SourceDeviates, subject));
            }
        }
    }

    private static ulong Median(ImmutableArray<ulong> sorted)
    {
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : sorted[middle - 1] + ((sorted[middle] - sorted[middle - 1]) / 2);
    }

    private static bool IsFar(ulong from, ulong price, uint deviationE8) => (Int128)(from > price ? from - price : price - from) * One > (Int128)deviationE8 * from;
}
