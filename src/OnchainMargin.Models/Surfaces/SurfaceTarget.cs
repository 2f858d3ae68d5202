using OnchainMargin.Margin;

namespace OnchainMargin.Models.Surfaces;

/// <summary>Where the surface of an expiry should be: the fit in the contract's integers, before any step is bounded.</summary>
/// <param name="Expiry">Unix seconds.</param>
/// <param name="ForwardRatio">Forward over the index that it was quoted beside.</param>
/// <param name="Slice">The slice, total variance.</param>
/// <param name="Years">Time to expiry when it was fitted.</param>
public readonly record struct SurfaceTarget(uint Expiry, double ForwardRatio, SviSlice Slice, double Years)
{
    private const double E8 = 1e8;
    private const double E12 = 1e12;
    private const double SigmaLeast = 0.01;
    private const double RhoMost = 0.999;

    /// <summary>The target of a fitted expiry.</summary>
    /// <param name="fitted">The fit.</param>
    /// <param name="index">The index that its forward was quoted beside.</param>
    public static SurfaceTarget Of(FittedExpiry fitted, double index)
    {
        ArgumentNullException.ThrowIfNull(fitted);
        return new SurfaceTarget(checked((uint)fitted.Expiry), fitted.Forward / index, fitted.Slice, fitted.Years);
    }

    /// <summary>In the contract's scales, at a forward. A bend narrower than the contract takes is widened and lowered, so that the volatility at the forward stays.</summary>
    internal PublishedSurface At(long forwardE8, long spotE8)
    {
        SviSlice wide = Slice with { Sigma = Math.Max(Slice.Sigma, SigmaLeast), Rho = Math.Clamp(Slice.Rho, -RhoMost, RhoMost) };
        wide = wide with { A = wide.A + Slice.TotalVariance(0) - wide.TotalVariance(0) };
        return new PublishedSurface(
            Expiry,
            forwardE8,
            spotE8,
            (long)Math.Round(wide.A / Years * E12),
            (long)Math.Round(wide.B / Years * E12),
            (int)Math.Round(wide.Rho * E8),
            (int)Math.Round(wide.M * E8),
            (uint)Math.Round(wide.Sigma * E8));
    }
}
