using System.Buffers.Binary;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Checkpoints;

/// <summary>The surfaces of one expiry that its publications left (ORC-010): the one in force and two that were set aside.</summary>
/// <param name="Present">In force.</param>
/// <param name="SinceSeconds">When it came into force.</param>
/// <param name="AsideSeconds">When the newer of the two was set aside; 0 when none was.</param>
/// <param name="Aside">The newer of the two.</param>
/// <param name="Older">The older of the two.</param>
public sealed record SurfaceHistory(
    VolSurfaces.SurfacePublishedEvent Present, ulong SinceSeconds, ulong AsideSeconds, VolSurfaces.SurfacePublishedEvent? Aside, VolSurfaces.SurfacePublishedEvent? Older)
{
    /// <summary>How long a surface stays the one that counts for those whom a change would hurt.</summary>
    public const ulong DelaySeconds = 1800;

    /// <summary>The history after a publication in a block of that time; <paramref name="before"/> is null for a listing.</summary>
    public static SurfaceHistory After(SurfaceHistory? before, VolSurfaces.SurfacePublishedEvent published, ulong blockTimeSeconds) => before switch
    {
        null => new SurfaceHistory(published, blockTimeSeconds, 0, null, null),
        _ when blockTimeSeconds - before.AsideSeconds >= DelaySeconds => new SurfaceHistory(published, blockTimeSeconds, blockTimeSeconds, before.Present, before.Aside),
        _ => before with { Present = published, SinceSeconds = blockTimeSeconds },
    };

    /// <summary>The surface that was in force a delay ago or earlier; of a younger listing the oldest there is.</summary>
    public VolSurfaces.SurfacePublishedEvent Delayed(ulong timeSeconds)
    {
        if (Aside is not { } aside || timeSeconds - SinceSeconds >= DelaySeconds)
        {
            return Present;
        }

        return timeSeconds - AsideSeconds >= DelaySeconds ? aside : Older ?? aside;
    }

    /// <summary>A publication with its live forward, as a record holds it.</summary>
    public static Surface At(VolSurfaces.SurfacePublishedEvent published, long forwardE8)
    {
        Span<byte> word = stackalloc byte[32];
        published.Svi.ToArray().CopyTo(word);
        return new Surface(
            forwardE8,
            (long)published.ForwardE8,
            BinaryPrimitives.ReadInt64BigEndian(word),
            (long)BinaryPrimitives.ReadUInt64BigEndian(word[8..]),
            BinaryPrimitives.ReadInt32BigEndian(word[16..]),
            BinaryPrimitives.ReadInt32BigEndian(word[20..]),
            BinaryPrimitives.ReadUInt32BigEndian(word[24..]));
    }
}
