using OnchainMargin.Margin;

namespace OnchainMargin.Models.Surfaces;

/// <summary>The next surface of an expiry.</summary>
/// <param name="Expiry">Unix seconds.</param>
/// <param name="Surface">What can be published; default when nothing can.</param>
/// <param name="Part">How much of the way from the present surface to the fit it goes, 0 to 1; −1 when nothing can be published.</param>
/// <param name="Bound">What keeps it from the fit; none when it is the fit.</param>
public readonly record struct SteppedSurface(uint Expiry, PublishedSurface Surface, double Part, SurfaceFault Bound)
{
    /// <summary>Whether it can be published.</summary>
    public bool IsPublishable => Part >= 0;

    /// <summary>The fit in the contract's scales, at a forward as near the quoted one as band and step allow.</summary>
    public PublishedSurface Fit { get; init; }

    /// <summary>Forward over spot as quoted.</summary>
    public double FitRatio { get; init; }

    /// <summary>What is in force; null before the listing.</summary>
    public SurfaceInForce? Before { get; init; }
}
