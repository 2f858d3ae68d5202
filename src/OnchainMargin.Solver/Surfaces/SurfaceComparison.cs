using System.Globalization;
using OnchainMargin.Margin;
using OnchainMargin.Models.Surfaces;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Options;

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

    /// <summary>How many times the tolerance lies between what is in force and this node's fit before a step must go there. Fits of honest nodes lie one apart, so that from twice as far each of them has half of the other's way to go at least.</summary>
    private const double FarOff = 2;

    /// <summary>The part of this node's own way that a step must go then: signed without it, what is in force could be published again and again, and stay for ever.</summary>
    private const double LeastPart = 0.5;

    /// <summary>How many times the tolerance holds at each of the contract's points. Quotes end some two units from the forward, and honest fits of the same market draw different wings behind them: of 256 expiries of Deribit, fitted again with a tenth of the strikes left out and quotes moved by up to a quarter of their spread, ten differ by more than 3 % between, and four more by more than these widths in the wings.</summary>
    private static ReadOnlySpan<int> Widths => [25, 10, 5, 1, 1, 1, 1, 1, 1, 1, 5, 10, 25];

    /// <summary>What of a proposal this node would not sign, in one sentence with both figures; null when it is near enough.</summary>
    /// <param name="updates">The proposal.</param>
    /// <param name="plans">This node's own of the same expiries.</param>
    /// <param name="options">How far volatilities may lie apart where there are quotes (of forward over spot a tenth of it), and what is too young to be published again.</param>
    /// <param name="time">The chain's time here.</param>
    public static string? Difference(IReadOnlyList<VolSurfaces.SurfaceUpdate> updates, IReadOnlyList<SurfacePlan> plans, SurfaceOptions options, ulong time) =>
        Judge(updates, plans, options, time).Select(static one => one.Difference).FirstOrDefault(static words => words is not null);

    /// <summary>Those surfaces of a proposal that this node would sign, in their order.</summary>
    /// <inheritdoc cref="Difference(IReadOnlyList{VolSurfaces.SurfaceUpdate}, IReadOnlyList{SurfacePlan}, SurfaceOptions, ulong)"/>
    public static IReadOnlyList<VolSurfaces.SurfaceUpdate> Agreed(IReadOnlyList<VolSurfaces.SurfaceUpdate> updates, IReadOnlyList<SurfacePlan> plans, SurfaceOptions options, ulong time) =>
        [.. Judge(updates, plans, options, time).Where(static one => one.Difference is null).Select(static one => one.Update)];

    private static IEnumerable<(VolSurfaces.SurfaceUpdate Update, string? Difference)> Judge(IReadOnlyList<VolSurfaces.SurfaceUpdate> updates, IReadOnlyList<SurfacePlan> plans, SurfaceOptions options, ulong time)
    {
        var seen = new HashSet<(ushort, uint)>();
        foreach (VolSurfaces.SurfaceUpdate update in updates)
        {
            SurfacePlan? plan = plans.FirstOrDefault(one => one.Underlying == update.Underlying);
            string name = string.Create(CultureInfo.InvariantCulture, $"{plan?.Name ?? $"underlying {update.Underlying}"} of {DateTimeOffset.FromUnixTimeSeconds(update.Expiry):yyyy-MM-dd HH:mm}");
            string? words = seen.Add((update.Underlying, update.Expiry)) ? Difference(update, plan, options, time) : " is proposed twice at once, which the contract refuses";
            yield return (update, words is null ? null : name + words);
        }
    }

    private static string? Difference(VolSurfaces.SurfaceUpdate update, SurfacePlan? plan, SurfaceOptions options, ulong time)
    {
        if (update.Time > time + MostAgeSeconds || update.Time + MostAgeSeconds < time)
        {
            return string.Create(CultureInfo.InvariantCulture, $" is of second {update.Time}, the chain is at {time} here");
        }

        SteppedSurface own = plan?.Steps.FirstOrDefault(step => step.IsPublishable && step.Surface.Expiry == update.Expiry) ?? default;
        if (plan is null || own.Surface.Expiry != update.Expiry || SurfaceBook.Read(update) is not { } theirs || !SurfaceChecks.IsInDomain(theirs))
        {
            return " has no surface from this node's own quotes that the contract would accept, or the proposed one is out of its domain";
        }

        if (own.Before is { } held && !held.IsRipe((long)update.Time, options.LeastIntervalSeconds))
        {
            return string.Create(CultureInfo.InvariantCulture, $" is of second {update.Time}, what is in force came at {held.SinceSeconds}, and surfaces:leastIntervalSeconds is {options.LeastIntervalSeconds}");
        }

        return Difference(own, theirs, update.Expiry - (long)time, options.ToleranceBps / Bps) is { } words ? $": {words}" : null;
    }

    private static string? Difference(in SteppedSurface own, in PublishedSurface theirs, long tau, double tolerance) =>
        ForwardDifference(own, theirs, tolerance / ForwardParts) ?? VolatilityDifference(own, theirs, tau, tolerance);

    private static string? ForwardDifference(in SteppedSurface own, in PublishedSurface theirs, double tolerance)
    {
        (double here, double there, double fit) = (Ratio(own.Surface), Ratio(theirs), own.FitRatio);
        double? before = own.Before is { } held ? Ratio(held.Surface) : null;
        return Off(there, here) > tolerance ? string.Create(CultureInfo.InvariantCulture, $"forward over spot {there:F5} proposed, {here:F5} here")
            : before is not { } was ? null
            : Off(there, fit) > Math.Max(tolerance, Math.Max(Off(was, fit), Off(here, fit))) ? string.Create(CultureInfo.InvariantCulture, $"forward over spot {there:F5} proposed, {fit:F5} by this node's quotes, and what is in force is nearer")
            : Off(was, fit) > FarOff * tolerance && IsShort(was, there, here, fit) ? string.Create(CultureInfo.InvariantCulture, $"forward over spot {there:F5} proposed, {here:F5} here, {was:F5} in force: less than half of the way")
            : null;
    }

    private static string? VolatilityDifference(in SteppedSurface own, in PublishedSurface theirs, long tau, double tolerance)
    {
        Span<long> points = stackalloc long[SurfaceChecks.PointCount];
        SurfaceChecks.Points(Math.Max(tau, 1), points);
        long forwardE8 = own.Surface.ForwardE8;
        (double Distance, string Words) farthest = (0, "");
        (double Distance, string? Words) inForce = (FarOff, null);
        string? isShort = null;
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

            if (own.Before is not { } held)
            {
                continue;
            }

            // A band that was narrowed under what is in force has this node's own step lead away from its fit.
            double before = Volatility(held.Surface, points[i], forwardE8);
            allowed = Math.Max(allowed, Math.Max(Off(before, fit), Off(here, fit)) / width);
            double distance = Off(before, fit) / width;
            if (distance <= FarOff)
            {
                continue;
            }

            // In the wings only where it is farthest, for there honest fits differ; between them at each point, or each publication would move another one.
            string? words = IsShort(before, there, here, fit) ? string.Create(CultureInfo.InvariantCulture, $"volatility at strike {strike:G6} {there:P2} proposed, {here:P2} here, {before:P2} in force: less than half of the way") : null;
            isShort ??= Widths[i] == 1 ? words : null;
            inForce = distance > inForce.Distance ? (distance, words) : inForce;
        }

        return farthest.Distance > allowed + Rounded ? farthest.Words : isShort ?? inForce.Words;
    }

    /// <summary>Whether a step goes less than half as far towards the fit as this node's own, where that goes there at all.</summary>
    private static bool IsShort(double before, double there, double here, double fit)
    {
        double way = Math.Sign(fit - before) * LeastPart * (here - before);
        return way > 0 && Math.Sign(fit - before) * (there - before) < way - (Rounded * before);
    }

    /// <summary>By which part of itself a figure is missed.</summary>
    private static double Off(double there, double here) => Math.Abs(there - here) / here;

    private static double Ratio(in PublishedSurface surface) => SurfaceChecks.RatioE8(surface) / E8;

    /// <summary>The volatility at the strike that lies at a point around a forward.</summary>
    private static double Volatility(in PublishedSurface surface, long point, long forwardE8) => surface.VolatilityQ32(point + (long)(Math.Log((double)forwardE8 / surface.ForwardE8) * Q32)) / Q32;
}
