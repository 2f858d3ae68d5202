using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Tests.Surfaces;

/// <summary>What the chain has of an update that landed at the second that it speaks of.</summary>
internal static class Publications
{
    public static SurfaceHistory After(SurfaceHistory? before, VolSurfaces.SurfaceUpdate u)
    {
        byte[] encoded = u.Encode();
        byte[] word = [.. encoded.AsSpan((5 * 32) + 24, 8), .. encoded.AsSpan((6 * 32) + 24, 8), .. encoded.AsSpan((7 * 32) + 28, 4), .. encoded.AsSpan((8 * 32) + 28, 4), .. encoded.AsSpan((9 * 32) + 28, 4), 0, 0, 0, 0];
        return SurfaceHistory.After(before, new VolSurfaces.SurfacePublishedEvent(u.Underlying, u.Expiry, u.Time, u.ForwardE8, u.SpotE8, new Ethereum.Hash32(word)), u.Time);
    }
}
