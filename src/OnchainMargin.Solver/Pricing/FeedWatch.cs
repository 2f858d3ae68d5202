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
        IReadOnlySet<FeedAlert> alerts = FeedChecks.Alerts([.. readers.Zip(readings, static (reader, reading) => (reader.Name, reading))], blocksBehind);
        foreach (FeedAlert alert in alerts)
        {
            SolverTelemetry.FeedAlerts.Add(1, new TagList { { "kind", alert.Kind.ToString() }, { "subject", alert.Subject } });
            if (!_alerts.Contains(alert))
            {
                logger.FeedAlertBegan(alert.Kind, alert.Subject);
            }
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
                var tags = new TagList { { "underlying", market.Underlying }, endpoint };
                SolverTelemetry.FeedPrice.Record(market.SpotE8 / 1e8, tags);
                SolverTelemetry.FeedMarketState.Record(market.State, tags);
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
