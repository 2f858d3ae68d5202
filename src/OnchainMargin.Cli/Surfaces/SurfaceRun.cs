using OnchainMargin.Models.Surfaces;

namespace OnchainMargin.Cli.Surfaces;

/// <summary>A fitted surface and what it took.</summary>
/// <param name="File">The file it came from.</param>
/// <param name="Surface">The surface.</param>
/// <param name="Quotes">Rows it was fitted to.</param>
/// <param name="Milliseconds">Time of the whole fit, inversion of prices included.</param>
internal sealed record SurfaceRun(string File, FittedSurface Surface, int Quotes, double Milliseconds);
