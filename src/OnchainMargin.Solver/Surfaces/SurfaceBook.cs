using OnchainMargin.Margin;
using OnchainMargin.Models.Surfaces;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Surfaces;

/// <summary>Between the contract's surfaces and those of the models.</summary>
internal static class SurfaceBook
{
    /// <summary>The surfaces in force of an underlying whose expiries have not passed, ascending.</summary>
    public static IReadOnlyList<SurfaceInForce> InForce(ProtocolBook book, ushort underlying) =>
    [
        .. book.Surfaces
            .Where(pair => pair.Key.Underlying == underlying && pair.Key.Expiry > book.BlockTimeSeconds)
            .Select(static pair => new SurfaceInForce(Read(pair.Value.Present), (long)pair.Value.Present.Time, (long)pair.Value.SinceSeconds)),
    ];

    /// <summary>Bands and speeds.</summary>
    public static SurfaceBands Bands(ProtocolBook book)
    {
        VolSurfaces.SurfaceParameters p = book.SurfaceParameters;
        return new SurfaceBands(p.VolStepE8, p.ForwardStepE8, p.ForwardBandE8, p.ForwardBandYearE8, p.VolMinE8, p.VolMaxE8);
    }

    /// <summary>As attesters sign it.</summary>
    public static VolSurfaces.SurfaceUpdate Update(ushort underlying, ulong time, in PublishedSurface s) =>
        new(underlying, s.Expiry, time, (ulong)s.ForwardE8, (ulong)s.SpotE8, s.AE12, (ulong)s.BE12, s.RhoE8, s.ME8, s.SigmaE8);

    /// <summary>What an update says.</summary>
    /// <returns>The surface, or null when a number fits no surface.</returns>
    public static PublishedSurface? Read(VolSurfaces.SurfaceUpdate u) => u is { ForwardE8: <= long.MaxValue, SpotE8: <= long.MaxValue, BE12: <= long.MaxValue }
        ? new PublishedSurface(u.Expiry, (long)u.ForwardE8, (long)u.SpotE8, u.AE12, (long)u.BE12, u.RhoE8, u.ME8, u.SigmaE8)
        : null;

    private static PublishedSurface Read(VolSurfaces.SurfacePublishedEvent published)
    {
        Surface s = SurfaceHistory.At(published, (long)published.ForwardE8);
        return new PublishedSurface(published.Expiry, s.PublishedForwardE8, (long)published.SpotE8, s.AE12, s.BE12, s.RhoE8, s.ME8, (uint)s.SigmaE8);
    }
}
