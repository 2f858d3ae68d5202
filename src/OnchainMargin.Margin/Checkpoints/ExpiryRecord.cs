namespace OnchainMargin.Margin;

/// <summary>One expiry of an underlying at a checkpoint.</summary>
/// <param name="Expiry">Unix seconds.</param>
/// <param name="SurfaceTime">When the present surface was published, unix seconds.</param>
/// <param name="DiscountE12">Discount factor (MRG-027), at most one.</param>
/// <param name="Present">The present surface.</param>
/// <param name="Delayed">The surface in force 30 minutes earlier, equal to the present one when nothing was published since.</param>
[SpecRule("MRG-004")]
public sealed record ExpiryRecord(uint Expiry, long SurfaceTime, long DiscountE12, Surface Present, Surface Delayed)
{
    internal const int Bytes = 4 * 32;

    /// <summary>How many of a unit's 1800 parts follow the spot still (MRG-011): all of them outside the settlement window, none once the price is certain.</summary>
    public long FollowSeconds { get; init; } = Forwards.WindowSeconds;

    internal void Write(ref WordWriter writer)
    {
        writer.Unsigned(Expiry, 4);
        writer.Unsigned(SurfaceTime, 5);
        writer.Unsigned(DiscountE12, 5);
        writer.Unsigned(Present.ForwardE8, 8);
        writer.Unsigned(Present.PublishedForwardE8, 8);
        writer.Unsigned(FollowSeconds, 2);
        WriteSmile(ref writer, Present);
        writer.Unsigned(Delayed.ForwardE8, 8);
        writer.Unsigned(Delayed.PublishedForwardE8, 8);
        writer.Zero(16);
        WriteSmile(ref writer, Delayed);
    }

    internal static ExpiryRecord? Read(ref WordReader reader)
    {
        uint expiry = (uint)reader.Unsigned(4);
        long surfaceTime = (long)reader.Unsigned(5);
        long discountE12 = (long)reader.Unsigned(5);
        ulong forwardE8 = reader.Unsigned(8);
        ulong publishedForwardE8 = reader.Unsigned(8);
        long followSeconds = (long)reader.Unsigned(2);
        Surface? present = ReadSmile(ref reader, forwardE8, publishedForwardE8);
        ulong delayedForwardE8 = reader.Unsigned(8);
        ulong delayedPublishedForwardE8 = reader.Unsigned(8);
        bool spare = reader.Zero(16);
        Surface? delayed = ReadSmile(ref reader, delayedForwardE8, delayedPublishedForwardE8);
        return spare && present is { } now && delayed is { } earlier ? new ExpiryRecord(expiry, surfaceTime, discountE12, now, earlier) { FollowSeconds = followSeconds } : null;
    }

    private static void WriteSmile(ref WordWriter writer, in Surface surface)
    {
        writer.Signed64(surface.AE12);
        writer.Unsigned(surface.BE12, 8);
        writer.Signed32(surface.RhoE8);
        writer.Signed32(surface.ME8);
        writer.Unsigned(surface.SigmaE8, 4);
        writer.Zero(4);
    }

    private static Surface? ReadSmile(ref WordReader reader, ulong forwardE8, ulong publishedForwardE8)
    {
        long aE12 = reader.Signed64();
        ulong bE12 = reader.Unsigned(8);
        int rhoE8 = reader.Signed32();
        int mE8 = reader.Signed32();
        long sigmaE8 = (long)reader.Unsigned(4);
        return reader.Zero(4) && forwardE8 <= long.MaxValue && publishedForwardE8 <= long.MaxValue && bE12 <= long.MaxValue
            ? new Surface((long)forwardE8, (long)publishedForwardE8, aE12, (long)bE12, rhoE8, mE8, sigmaE8)
            : null;
    }
}
