using OnchainMargin.Margin;

namespace OnchainMargin.Models.Surfaces;

/// <summary>A surface that the contract holds.</summary>
/// <param name="Surface">It.</param>
/// <param name="TimeSeconds">When it was computed.</param>
/// <param name="SinceSeconds">When it came into force.</param>
public readonly record struct SurfaceInForce(PublishedSurface Surface, long TimeSeconds, long SinceSeconds);
