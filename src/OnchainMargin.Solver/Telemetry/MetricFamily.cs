using System.Globalization;
using System.Text;

namespace OnchainMargin.Solver.Telemetry;

/// <summary>One metric with its series. Changed only under the writer's lock.</summary>
internal sealed class MetricFamily(string name, string help, MetricKind kind, bool isObserved)
{
    private static readonly double[] Bounds = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60];

    private readonly SortedDictionary<string, double> _values = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (long[] Buckets, long Count, double Sum)> _histograms = new(StringComparer.Ordinal);

    /// <summary>Forgets what was observed, before it is observed anew: what is not there any more (an expiry that is over) has no series.</summary>
    public void Begin()
    {
        if (isObserved)
        {
            _values.Clear();
        }
    }

    /// <summary>Records a measurement: what was observed, and what a gauge says, replaces; what was added adds.</summary>
    public void Record(string labels, double value)
    {
        if (kind != MetricKind.Histogram)
        {
            _values[labels] = isObserved || kind == MetricKind.Gauge ? value : _values.GetValueOrDefault(labels) + value;
            return;
        }

        (long[] buckets, long count, double sum) = _histograms.TryGetValue(labels, out (long[] Buckets, long Count, double Sum) known) ? known : (new long[Bounds.Length], 0, 0);
        for (int i = 0; i < Bounds.Length; i++)
        {
            buckets[i] += value <= Bounds[i] ? 1 : 0;
        }

        _histograms[labels] = (buckets, count + 1, sum + value);
    }

    /// <summary>Writes the family.</summary>
    public void WriteTo(StringBuilder text)
    {
        string shown = kind == MetricKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? name + "_total" : name;
        text.Append("# HELP ").Append(shown).Append(' ').Append(help.Replace('\n', ' ')).Append('\n');
        text.Append("# TYPE ").Append(shown).Append(' ').Append(kind switch { MetricKind.Counter => "counter", MetricKind.Histogram => "histogram", _ => "gauge" }).Append('\n');
        foreach ((string labels, double value) in _values)
        {
            Line(text, shown, labels, value);
        }

        foreach ((string labels, (long[] buckets, long count, double sum)) in _histograms)
        {
            for (int i = 0; i < Bounds.Length; i++)
            {
                Line(text, shown + "_bucket", Joined(labels, string.Create(CultureInfo.InvariantCulture, $"le=\"{Bounds[i]}\"")), buckets[i]);
            }

            Line(text, shown + "_bucket", Joined(labels, "le=\"+Inf\""), count);
            Line(text, shown + "_sum", labels, sum);
            Line(text, shown + "_count", labels, count);
        }
    }

    private static string Joined(string labels, string last) => labels.Length == 0 ? last : $"{labels},{last}";

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}
