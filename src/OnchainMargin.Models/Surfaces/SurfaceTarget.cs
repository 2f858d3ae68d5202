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
    private const double YearSeconds = 365 * 86_400;
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

    /// <summary>The target of an expiry that has no quotes, between the fitted ones around it in time: total variance at the forward on a straight line, as the logarithm of forward over index. Before the first and behind the last the line comes from now, where there is neither: volatility and carry of that one.</summary>
    /// <param name="fit">The fit, of one expiry at least.</param>
    /// <param name="expiry">Unix seconds, later than the fit.</param>
    public static SurfaceTarget Between(FittedSurface fit, uint expiry)
    {
        ArgumentNullException.ThrowIfNull(fit);
        var now = new SurfaceTarget(0, 1, default, 0);
        SurfaceTarget[] fitted = [.. fit.Expiries.Select(one => Of(one, fit.Spot))];
        SurfaceTarget[] later = [.. fitted.Where(one => one.Expiry > expiry)];
        SurfaceTarget from = later.Length == 0 || later.Length == fitted.Length ? now : fitted[^(later.Length + 1)];
        SurfaceTarget to = later.Length == 0 ? fitted[^1] : later[0];
        double years = (expiry - fit.Time) / YearSeconds;
        double part = (years - from.Years) / (to.Years - from.Years);
        return new SurfaceTarget(expiry, Math.Pow(from.ForwardRatio, 1 - part) * Math.Pow(to.ForwardRatio, part), SviSlice.Between(from.Slice, to.Slice, part), years);
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
