using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace OnchainMargin.Solver.Telemetry;

/// <summary>Gathers the metrics of the process and writes them in Prometheus' text format.</summary>
internal sealed class PrometheusText : IDisposable
{
    private static readonly string[] Prefixes = ["OnchainMargin.", "Microsoft.AspNetCore.Hosting", "System.Runtime"];

    private readonly Lock _gate = new();
    private readonly Lock _writing = new();
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);

    /// <summary>Starts to listen.</summary>
    public PrometheusText()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (Prefixes.Any(prefix => instrument.Meter.Name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Record(instrument, value, tags));
        _listener.Start();
    }

    /// <summary>All metrics as they are now.</summary>
    public string Write()
    {
        // One at a time: another would begin anew what this one observes.
        lock (_writing)
        {
            lock (_gate)
            {
                foreach (MetricFamily family in _families.Values)
                {
                    family.Begin();
                }
            }

            _listener.RecordObservableInstruments();
            var text = new StringBuilder();
            lock (_gate)
            {
                foreach (MetricFamily family in _families.Values)
                {
                    family.WriteTo(text);
                }
            }

            return text.ToString();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private void Record(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new StringBuilder();
        foreach (KeyValuePair<string, object?> tag in tags)
        {
            labels.Append(labels.Length == 0 ? "" : ",").Append(Name(tag.Key)).Append("=\"").Append(Escape(Convert.ToString(tag.Value, CultureInfo.InvariantCulture) ?? "")).Append('"');
        }

        string name = Name(instrument);
        lock (_gate)
        {
            if (!_families.TryGetValue(name, out MetricFamily? family))
            {
                _families[name] = family = new MetricFamily(name, instrument.Description ?? "", KindOf(instrument), instrument.IsObservable);
            }

            family.Record(labels.ToString(), value);
        }
    }

    private static MetricKind KindOf(Instrument instrument)
    {
        string type = instrument.GetType().Name;
        return type.StartsWith("Histogram", StringComparison.Ordinal) ? MetricKind.Histogram
            : type.Contains("Gauge", StringComparison.Ordinal) ? MetricKind.Gauge
            : type.Contains("UpDown", StringComparison.Ordinal) ? MetricKind.UpDown
            : MetricKind.Counter;
    }

    /// <summary>The name under which collectors write what comes over OTLP, too, so that dashboards and alerts are the same for both: with the unit where that is the second.</summary>
    private static string Name(Instrument instrument) => string.Equals(instrument.Unit, "s", StringComparison.Ordinal) ? $"{Name(instrument.Name)}_seconds" : Name(instrument.Name);

    private static string Name(string name) => string.Concat(name.Select(static c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
