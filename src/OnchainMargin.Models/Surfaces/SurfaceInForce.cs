using OnchainMargin.Margin;

namespace OnchainMargin.Models.Surfaces;

/// <summary>A surface that the contract holds.</summary>
/// <param name="Surface">It.</param>
/// <param name="TimeSeconds">When it was computed.</param>
/// <param name="SinceSeconds">When it came into force.</param>
public readonly record struct SurfaceInForce(PublishedSurface Surface, long TimeSeconds, long SinceSeconds)
{
    /// <summary>Whether it is old enough for another one to take its place.</summary>
    /// <param name="time">When that one is computed, unix seconds.</param>
    /// <param name="leastIntervalSeconds">How long each is to stand.</param>
    public bool IsRipe(long time, int leastIntervalSeconds) => time - SinceSeconds >= leastIntervalSeconds;
}
