using System.Diagnostics.Metrics;
using OnchainMargin.Solver;

namespace OnchainMargin.Bench.Solver;

/// <summary>What the keeper tells of its stages, round by round: a stage that a round went through twice counts with its sum.</summary>
internal sealed class StageTimes : IDisposable
{
    private readonly Lock _gate = new();
    private readonly MeterListener _listener = new();
    private readonly List<Dictionary<string, double>> _rounds = [];
    private Dictionary<string, double> _round = [];

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
                string stage = (string)tags[0].Value!;
                _round[stage] = _round.GetValueOrDefault(stage) + (1e3 * seconds);
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
            _round = [];
            if (isKept)
            {
                _rounds.Add(_round);
            }
        }
    }

    /// <summary>Writes the median and the fastest of each stage, <c>NAME.STAGE.p50.ms</c> and <c>.fastest.ms</c>.</summary>
    public void Write(IDictionary<string, double> results, string name)
    {
        foreach (string stage in _rounds.SelectMany(static round => round.Keys).Distinct(StringComparer.Ordinal))
        {
            double[] times = [.. _rounds.Select(round => round.GetValueOrDefault(stage)).Order()];
            results[$"{name}.{stage}.p50.ms"] = times[times.Length / 2];
            results[$"{name}.{stage}.fastest.ms"] = times[0];
        }
    }

    public void Dispose() => _listener.Dispose();
}
