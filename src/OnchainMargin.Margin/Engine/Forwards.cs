namespace OnchainMargin.Margin;

/// <summary>Forwards of a checkpoint.</summary>
public static class Forwards
{
    /// <summary>The settlement window before an expiry.</summary>
    public const long WindowSeconds = 1_800;
    private const long ForwardMaxE8 = 1L << 49;

    /// <summary>Live forward outside the settlement window: clamp(near(spot·F_p, S_p), 1, 2⁴⁹).</summary>
    /// <param name="spotE8">Spot now.</param>
    /// <param name="publishedForwardE8">Forward published with the surface.</param>
    /// <param name="publishedSpotE8">Spot published with the surface.</param>
    [SpecRule("MRG-011")]
    public static long OutsideWindow(long spotE8, long publishedForwardE8, long publishedSpotE8)
    {
        Int128 forward = Rounding.DivNear(Math.BigMul(spotE8, publishedForwardE8), publishedSpotE8);
        return forward < 1 ? 1 : forward > ForwardMaxE8 ? ForwardMaxE8 : (long)forward;
    }

    /// <summary>A forward as it would be at another spot: by its ratio outside the settlement window; inside, where τ of 1800 parts of it follow the spot, by those. An expired one follows none.</summary>
    /// <param name="forwardE8">The forward at the first spot.</param>
    /// <param name="fromE8">The first spot.</param>
    /// <param name="toE8">The other spot.</param>
    /// <param name="tauSeconds">Time to expiry, at least 0.</param>
    [SpecRule("CLR-021")]
    public static long At(long forwardE8, long fromE8, long toE8, long tauSeconds)
    {
        if (tauSeconds > WindowSeconds)
        {
            return OutsideWindow(toE8, forwardE8, fromE8);
        }

        Int128 moved = forwardE8 + Rounding.DivNear(Math.BigMul(tauSeconds, toE8), WindowSeconds) - Rounding.DivNear(Math.BigMul(tauSeconds, fromE8), WindowSeconds);
        return (long)Int128.Clamp(moved, 1, ForwardMaxE8);
    }

    /// <summary>Of the seconds of the settlement window those that are to come: so many parts of a unit of an instrument follow the spot. All of them for a perpetual.</summary>
    /// <param name="expiry">Unix seconds, 0 for a perpetual.</param>
    /// <param name="timeSeconds">Now.</param>
    [SpecRule("CLR-021")]
    public static long FollowingSeconds(long expiry, long timeSeconds) => expiry == 0 ? WindowSeconds : Math.Clamp(expiry - timeSeconds, 0, WindowSeconds);

    /// <summary>Forward inside the settlement window: near(elapsed·average + τ·spot, 1800).</summary>
    /// <param name="spotE8">Spot now.</param>
    /// <param name="averageE8">Average of spot since the window opened.</param>
    /// <param name="tauSeconds">Time to expiry, at most 1800.</param>
    [SpecRule("MRG-011")]
    public static long InsideWindow(long spotE8, long averageE8, long tauSeconds) =>
        (long)Rounding.DivNear(Math.BigMul(WindowSeconds - tauSeconds, averageE8) + Math.BigMul(tauSeconds, spotE8), WindowSeconds);
}
