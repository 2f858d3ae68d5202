using System.Diagnostics;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Pricing;

/// <summary>Looks at prices through every endpoint, compares them with one another, and tells operators by log and metric when something begins and when it ends.</summary>
internal sealed class FeedWatch(IReadOnlyList<IFeedReader> readers, ulong blocksBehind, TimeProvider time, ILogger<FeedWatch> logger)
{
    private IReadOnlySet<FeedAlert> _alerts = new HashSet<FeedAlert>();

    /// <summary>What is wrong now.</summary>
    public IReadOnlySet<FeedAlert> Alerts => _alerts;

    /// <summary>Looks once.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        FeedReading?[] readings = await Task.WhenAll(readers.Select(reader => ReadAsync(reader, cancellationToken))).ConfigureAwait(false);
        (string, FeedReading?)[] told = [.. readers.Zip(readings, static (reader, reading) => (reader.Name, reading))];
        IReadOnlySet<FeedAlert> alerts = FeedChecks.Alerts(told, blocksBehind);
        foreach (FeedAlert possible in FeedChecks.Possible(told))
        {
            // What is well counts nothing, so that the series is there before its first alert: one that began with that would not have increased by it.
            SolverTelemetry.FeedAlerts.Add(alerts.Contains(possible) ? 1 : 0, new TagList { { "kind", possible.Kind.ToString() }, { "subject", possible.Subject } });
        }

        foreach (FeedAlert began in alerts.Except(_alerts))
        {
            logger.FeedAlertBegan(began.Kind, began.Subject);
        }

        foreach (FeedAlert over in _alerts.Except(alerts))
        {
            logger.FeedAlertEnded(over.Kind, over.Subject);
        }

        _alerts = alerts;
    }

    private async Task<FeedReading?> ReadAsync(IFeedReader reader, CancellationToken cancellationToken)
    {
        var endpoint = new KeyValuePair<string, object?>("endpoint", reader.Name);
        SolverTelemetry.FeedLooks.Add(1, endpoint);
        try
        {
            FeedReading reading = await Patience.AskAsync(reader.ReadAsync, time, cancellationToken).ConfigureAwait(false);
            foreach (MarketReading market in reading.Markets)
            {
                SolverTelemetry.FeedPrice.Record(market.SpotE8 / 1e8, new TagList { { "underlying", market.Underlying }, endpoint });
            }

            return reading;
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever one endpoint answers with, the others are looked at, and the role that watches has more to do.
            logger.FeedEndpointFailed(reader.Name, error.Message);
            return null;
        }
    }
}
