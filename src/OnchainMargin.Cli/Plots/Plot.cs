using System.Globalization;
using System.Text;

namespace OnchainMargin.Cli.Plots;

/// <summary>A plot as SVG text: axes with round numbers, a legend, lines and dots. Nothing but text, so that it stands in a repository.</summary>
internal sealed class Plot(string title, string xName, string yName)
{
    private const int Width = 760;
    private const int Height = 360;
    private const int Left = 70;
    private const int Right = 20;
    private const int Top = 40;
    private const int Bottom = 48;
    private const int MostPoints = 1200;

    private static readonly string[] Colours = ["#1b6ca8", "#c8553d", "#2a9d5c", "#8e5ea2", "#b8860b", "#555555", "#0f8b8d", "#d1495b"];

    private readonly List<PlotSeries> _series = [];

    /// <summary>X is unix seconds, written as days.</summary>
    public bool IsTime { get; init; }

    /// <summary>Y starts at 0.</summary>
    public bool FromZero { get; init; }

    /// <summary>Adds a series.</summary>
    public Plot Add(PlotSeries series)
    {
        _series.Add(series);
        return this;
    }

    /// <summary>The SVG.</summary>
    public string ToSvg()
    {
        var points = _series.SelectMany(s => s.Points).Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y)).ToList();
        (double Low, double High) x = points.Count == 0 ? (0, 1) : (points.Min(p => p.X), points.Max(p => p.X));
        (double Low, double High) y = points.Count == 0 ? (0, 1) : (points.Min(p => p.Y), points.Max(p => p.Y));
        y = FromZero ? (Math.Min(0, y.Low), y.High) : y;
        x = x.High > x.Low ? x : (x.Low - 1, x.High + 1);
        y = y.High > y.Low ? y : (y.Low - 1, y.High + 1);
        double X(double v) => Left + ((v - x.Low) / (x.High - x.Low) * (Width - Left - Right));
        double Y(double v) => Height - Bottom - ((v - y.Low) / (y.High - y.Low) * (Height - Top - Bottom));
        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" font-family=\"sans-serif\" font-size=\"11\">\n");
        svg.Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{Height}\" fill=\"#ffffff\"/>\n<text x=\"{Left}\" y=\"18\" font-size=\"14\">{Escape(title)}</text>\n");
        foreach (var tick in Ticks(y.Low, y.High))
        {
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Y(tick):F1}\" y2=\"{Y(tick):F1}\" stroke=\"#e2e2e2\"/><text x=\"{Left - 6}\" y=\"{Y(tick) + 4:F1}\" text-anchor=\"end\">{Number(tick)}</text>\n");
        }

        foreach (var tick in Ticks(x.Low, x.High))
        {
            var label = IsTime ? DateTimeOffset.FromUnixTimeSeconds((long)tick).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) : Number(tick);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{X(tick):F1}\" x2=\"{X(tick):F1}\" y1=\"{Top}\" y2=\"{Height - Bottom}\" stroke=\"#f0f0f0\"/><text x=\"{X(tick):F1}\" y=\"{Height - Bottom + 15}\" text-anchor=\"middle\">{label}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 12}\" text-anchor=\"middle\">{Escape(xName)}</text><text transform=\"translate(14,{(Top + Height - Bottom) / 2}) rotate(-90)\" text-anchor=\"middle\">{Escape(yName)}</text>\n");
        for (var i = 0; i < _series.Count; i++)
        {
            Draw(svg, _series[i], Colours[i % Colours.Length], X, Y);
        }

        double at = Left;
        for (var i = 0; i < _series.Count; i++)
        {
            svg.Append(CultureInfo.InvariantCulture, $"<rect x=\"{at:F0}\" y=\"26\" width=\"10\" height=\"4\" fill=\"{Colours[i % Colours.Length]}\"/><text x=\"{at + 13:F0}\" y=\"32\">{Escape(_series[i].Name)}</text>\n");
            at += 26 + (6.2 * _series[i].Name.Length);
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void Draw(StringBuilder svg, PlotSeries series, string colour, Func<double, double> x, Func<double, double> y)
    {
        var step = Math.Max(1, series.Points.Count / MostPoints);
        var points = series.Points.Where((p, i) => (i % step == 0 || i == series.Points.Count - 1) && double.IsFinite(p.X) && double.IsFinite(p.Y));
        if (!series.IsLine)
        {
            foreach (var (px, py) in points)
            {
                svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{x(px):F1}\" cy=\"{y(py):F1}\" r=\"2\" fill=\"{colour}\"/>");
            }

            svg.Append('\n');
            return;
        }

        svg.Append(CultureInfo.InvariantCulture, $"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.3\" points=\"");
        svg.AppendJoin(' ', points.Select(p => string.Create(CultureInfo.InvariantCulture, $"{x(p.X):F1},{y(p.Y):F1}")));
        svg.Append("\"/>\n");
    }

    private static IEnumerable<double> Ticks(double low, double high)
    {
        var raw = (high - low) / 6;
        var power = Math.Pow(10, Math.Floor(Math.Log10(raw)));
        var step = (raw / power) switch { < 1.5 => 1, < 3.5 => 2, < 7.5 => 5, _ => 10 } * power;
        for (var tick = Math.Ceiling(low / step) * step; tick <= high + (step * 1e-9); tick += step)
        {
            yield return Math.Abs(tick) < step * 1e-9 ? 0 : tick;
        }
    }

    private static string Number(double value) => value.ToString(Math.Abs(value) >= 100 ? "N0" : "0.####", CultureInfo.InvariantCulture);

    private static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
}
