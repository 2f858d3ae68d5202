namespace OnchainMargin.Margin;

/// <summary>By which surfaces something new may be opened. What changes hands or is closed goes by any.</summary>
[SpecRule("CLR-017")]
public static class OpeningSurfaces
{
    /// <summary>How old a surface may be, in seconds; and for how long at the end of an expiry, in which nobody publishes, one of before holds.</summary>
    public const long OpensSeconds = 3600;

    /// <summary>Whether a surface is too old for something to be opened by it.</summary>
    /// <param name="surfaceTime">When it was published, unix seconds.</param>
    /// <param name="expiry">Its expiry, unix seconds.</param>
    /// <param name="time">The second that it is, unix seconds.</param>
    public static bool IsTooOld(long surfaceTime, long expiry, long time)
    {
        long until = surfaceTime + OpensSeconds;
        return time > until && expiry > until + OpensSeconds;
    }
}
