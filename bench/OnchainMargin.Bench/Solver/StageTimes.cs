using System.Diagnostics.Metrics;
using OnchainMargin.Solver;

namespace OnchainMargin.Bench.Solver;

/// <summary>What the keeper tells of its stages: of those of a round, and of those that each start goes through.</summary>
internal sealed class StageTimes : IDisposable
{
    private readonly Lock _gate = new();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, List<double>> _times = new(StringComparer.Ordinal);
    private bool _isKept;

    public StageTimes()
    {
        // Made first: while it is being made it could not be told from others.
        Histogram<double> stages = SolverTelemetry.KeeperStages;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument, stages))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) =>
        {
            lock (_gate)
            {
                if (_isKept)
                {
                    string stage = (string)tags[0].Value!;
                    (_times.TryGetValue(stage, out List<double>? times) ? times : _times[stage] = []).Add(1e3 * seconds);
                }
            }
        });
        _listener.Start();
    }

    /// <summary>Begins a round.</summary>
    /// <param name="isKept">Whether it counts, or warms up.</param>
    public void Begin(bool isKept)
    {
        lock (_gate)
        {
            _isKept = isKept;
        }
    }

    /// <summary>Writes the median and the fastest of each stage, <c>NAME.STAGE.p50.ms</c> and <c>.fastest.ms</c>.</summary>
    public void Write(IDictionary<string, double> results, string name)
    {
        foreach ((string stage, List<double> times) in _times)
        {
            times.Sort();
            results[$"{name}.{stage}.p50.ms"] = times[times.Count / 2];
            results[$"{name}.{stage}.fastest.ms"] = times[0];
        }
    }

    public void Dispose() => _listener.Dispose();
}
