using System.Globalization;
using OnchainMargin.Margin;
using OnchainMargin.Models.Surfaces;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Surfaces;

/// <summary>Another attester's surfaces beside this node's own: beside the step that it would take itself, and beside its own fit. Steps alone lie near one another wherever they lead, so that somebody could go a little further with each.</summary>
internal static class SurfaceComparison
{
    private const double Q32 = 4_294_967_296;
    private const double E8 = 1e8;
    private const double Bps = 1e4;
    private const double ForwardParts = 10;
    private const ulong MostAgeSeconds = 300;

    /// <summary>What rounding may add to a distance from the fit; a day of steps, one a minute, adds less than a two-thousandth by it to a volatility that there are quotes of.</summary>
    private const double Rounded = 1e-5;

    /// <summary>How many times the tolerance holds at each of the contract's points. Quotes end some two units from the forward, and honest fits of the same market draw different wings behind them: of 256 expiries of Deribit, fitted again with a tenth of the strikes left out and quotes moved by up to a quarter of their spread, ten differ by more than 3 % between, and four more by more than these widths in the wings.</summary>
    private static ReadOnlySpan<int> Widths => [25, 10, 5, 1, 1, 1, 1, 1, 1, 1, 5, 10, 25];

    /// <summary>What of a proposal this node would not sign, in one sentence with both figures; null when it is near enough.</summary>
    /// <param name="updates">The proposal.</param>
    /// <param name="plans">This node's own.</param>
    /// <param name="toleranceBps">How far volatilities may lie apart where there are quotes, of forward over spot a tenth of it.</param>
    /// <param name="time">The chain's time here.</param>
    public static string? Difference(IReadOnlyList<VolSurfaces.SurfaceUpdate> updates, IReadOnlyList<SurfacePlan> plans, int toleranceBps, ulong time)
    {
        var seen = new HashSet<(ushort, uint)>();
        foreach (VolSurfaces.SurfaceUpdate update in updates)
        {
            SurfacePlan? plan = plans.FirstOrDefault(one => one.Underlying == update.Underlying);
            string name = string.Create(CultureInfo.InvariantCulture, $"{plan?.Name ?? $"underlying {update.Underlying}"} of {DateTimeOffset.FromUnixTimeSeconds(update.Expiry):yyyy-MM-dd HH:mm}");
            if (update.Time > time + MostAgeSeconds || update.Time + MostAgeSeconds < time)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{name} is of second {update.Time}, the chain is at {time} here");
            }

            if (!seen.Add((update.Underlying, update.Expiry)))
            {
                return $"{name} is proposed twice at once, which the contract refuses";
            }

            SteppedSurface own = plan?.Steps.FirstOrDefault(step => step.IsPublishable && step.Surface.Expiry == update.Expiry) ?? default;
            if (plan is null || own.Surface.Expiry != update.Expiry || SurfaceBook.Read(update) is not { } theirs || !SurfaceChecks.IsInDomain(theirs))
            {
                return $"{name} has no surface from this node's own quotes that the contract would accept, or the proposed one is out of its domain";
            }

            if (Difference(own, theirs, update.Expiry - (long)time, toleranceBps / Bps) is { } words)
            {
                return $"{name}: {words}";
            }
        }

        return null;
    }

    private static string? Difference(in SteppedSurface own, in PublishedSurface theirs, long tau, double tolerance) =>
        ForwardDifference(own, theirs, tolerance / ForwardParts) ?? VolatilityDifference(own, theirs, tau, tolerance);

    private static string? ForwardDifference(in SteppedSurface own, in PublishedSurface theirs, double tolerance)
    {
        (double here, double there) = (Ratio(own.Surface), Ratio(theirs));
        return Off(there, here) > tolerance ? string.Create(CultureInfo.InvariantCulture, $"forward over spot {there:F5} proposed, {here:F5} here")
            : own.Before is { } before && Off(there, own.FitRatio) > Math.Max(tolerance, Math.Max(Off(Ratio(before), own.FitRatio), Off(here, own.FitRatio))) ? string.Create(CultureInfo.InvariantCulture, $"forward over spot {there:F5} proposed, {own.FitRatio:F5} by this node's quotes, and what is in force is nearer")
            : null;
    }

    private static string? VolatilityDifference(in SteppedSurface own, in PublishedSurface theirs, long tau, double tolerance)
    {
        Span<long> points = stackalloc long[SurfaceChecks.PointCount];
        SurfaceChecks.Points(Math.Max(tau, 1), points);
        long forwardE8 = own.Surface.ForwardE8;
        (double Distance, string Words) farthest = (0, "");
        double allowed = own.Before is null ? double.PositiveInfinity : 1;
        for (int i = 0; i < points.Length; i++)
        {
            double width = tolerance * Widths[i];
            double there = Volatility(theirs, points[i], forwardE8);
            double here = Volatility(own.Surface, points[i], forwardE8);
            double fit = Volatility(own.Fit, points[i], forwardE8);
            double strike = forwardE8 / E8 * Math.Exp(points[i] / Q32);
            if (Off(there, here) > width)
            {
                return string.Create(CultureInfo.InvariantCulture, $"volatility at strike {strike:G6} {there:P2} proposed, {here:P2} here");
            }

            if (Off(there, fit) / width > farthest.Distance)
            {
                farthest = (Off(there, fit) / width, string.Create(CultureInfo.InvariantCulture, $"volatility at strike {strike:G6} {there:P2} proposed, {fit:P2} by this node's quotes, and what is in force is nearer"));
            }

            // A band that was narrowed under what is in force has this node's own step lead away from its fit.
            allowed = own.Before is { } before ? Math.Max(allowed, Math.Max(Off(Volatility(before, points[i], forwardE8), fit), Off(here, fit)) / width) : allowed;
        }

        return farthest.Distance > allowed + Rounded ? farthest.Words : null;
    }

    /// <summary>By which part of itself a figure is missed.</summary>
    private static double Off(double there, double here) => Math.Abs(there - here) / here;

    private static double Ratio(in PublishedSurface surface) => SurfaceChecks.RatioE8(surface) / E8;

    /// <summary>The volatility at the strike that lies at a point around a forward.</summary>
    private static double Volatility(in PublishedSurface surface, long point, long forwardE8) => surface.VolatilityQ32(point + (long)(Math.Log((double)forwardE8 / surface.ForwardE8) * Q32)) / Q32;
}
