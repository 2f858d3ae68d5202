using System.Globalization;
using OnchainMargin.Margin;
using OnchainMargin.Models.Surfaces;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Surfaces;

/// <summary>Another attester's surfaces beside this node's own.</summary>
internal static class SurfaceComparison
{
    private const double Q32 = 4_294_967_296;
    private const double E8 = 1e8;
    private const double Bps = 1e4;
    private const double ForwardParts = 10;
    private const ulong MostAgeSeconds = 300;
    private const int FirstPoint = 3;
    private const int LastPoint = 9;

    /// <summary>What of a proposal this node would not sign, in one sentence with both figures; null when it is near enough.</summary>
    /// <param name="updates">The proposal.</param>
    /// <param name="plans">This node's own.</param>
    /// <param name="toleranceBps">How far volatilities may lie apart, of forward over spot a tenth of it.</param>
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

            if (Difference(own.Surface, theirs, update.Expiry - (long)time, toleranceBps) is { } words)
            {
                return $"{name}: {words}";
            }
        }

        return null;
    }

    private static string? Difference(in PublishedSurface own, in PublishedSurface theirs, long tau, int toleranceBps)
    {
        double ownRatio = (double)own.ForwardE8 / own.SpotE8;
        double theirRatio = (double)theirs.ForwardE8 / theirs.SpotE8;
        if (Math.Abs(theirRatio - ownRatio) * Bps * ForwardParts > toleranceBps * ownRatio)
        {
            return string.Create(CultureInfo.InvariantCulture, $"forward over spot {theirRatio:F5} proposed, {ownRatio:F5} here");
        }

        Span<long> points = stackalloc long[SurfaceChecks.PointCount];
        SurfaceChecks.Points(Math.Max(tau, 1), points);
        long shift = (long)(Math.Log((double)own.ForwardE8 / theirs.ForwardE8) * Q32);
        for (int i = FirstPoint; i <= LastPoint; i++)
        {
            double here = own.VolatilityQ32(points[i]) / Q32;
            double there = theirs.VolatilityQ32(points[i] + shift) / Q32;
            if (Math.Abs(there - here) * Bps > toleranceBps * here)
            {
                double strike = own.ForwardE8 / E8 * Math.Exp(points[i] / Q32);
                return string.Create(CultureInfo.InvariantCulture, $"volatility at strike {strike:G6} {there:P2} proposed, {here:P2} here");
            }
        }

        return null;
    }
}
