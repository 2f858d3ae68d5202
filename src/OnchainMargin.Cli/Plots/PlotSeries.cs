namespace OnchainMargin.Cli.Plots;

/// <summary>One line or cloud of a plot.</summary>
/// <param name="Name">Its name in the legend.</param>
/// <param name="Points">Points in order.</param>
/// <param name="IsLine">Joined by a line, or dots.</param>
internal sealed record PlotSeries(string Name, IReadOnlyList<(double X, double Y)> Points, bool IsLine = true);
