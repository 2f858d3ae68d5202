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

    /// <summary>A forward as it would be at another spot: by its ratio where all of it follows the spot; where so many of 1800 parts do, by those.</summary>
    /// <param name="forwardE8">The forward at the first spot.</param>
    /// <param name="fromE8">The first spot.</param>
    /// <param name="toE8">The other spot.</param>
    /// <param name="followSeconds">How many of 1800 parts of it follow the spot.</param>
    [SpecRule("CLR-021")]
    public static long At(long forwardE8, long fromE8, long toE8, long followSeconds)
    {
        if (followSeconds == WindowSeconds)
        {
            return OutsideWindow(toE8, forwardE8, fromE8);
        }

        Int128 moved = forwardE8 + Rounding.DivNear(Math.BigMul(followSeconds, toE8), WindowSeconds) - Rounding.DivNear(Math.BigMul(followSeconds, fromE8), WindowSeconds);
        return (long)Int128.Clamp(moved, 1, ForwardMaxE8);
    }

    /// <summary>How many of 1800 parts of a unit follow the spot where every second of the settlement window is observed: then the clock alone says it.</summary>
    /// <param name="expiry">Unix seconds.</param>
    /// <param name="timeSeconds">Now.</param>
    [SpecRule("MRG-011")]
    public static long FollowSecondsByClock(long expiry, long timeSeconds) => Math.Clamp(expiry - timeSeconds, 0, WindowSeconds);

    /// <summary>Forward inside the settlement window and until the price is fixed: what that will be if every second from now on is observed at today's spot. And how many of 1800 parts of it follow the spot.</summary>
    /// <param name="spotE8">Spot now.</param>
    /// <param name="window">The reading of the window.</param>
    [SpecRule("MRG-011")]
    public static (long ForwardE8, long FollowSeconds) InsideWindow(long spotE8, in WindowReading window) => IfSeen(spotE8, window, window.RemainingSeconds);

    /// <summary>Both forwards of an expiry's record in that time: what the price will be if a market that is halted stays so to the end of the half hour, and beside it, in the place of the delayed one, <see cref="InsideWindow"/>. They are one where the market is not halted. And how many of 1800 parts follow the spot at most.</summary>
    /// <param name="spotE8">Spot now.</param>
    /// <param name="window">The reading of the window.</param>
    [SpecRule("MRG-011")]
    public static (long ForwardE8, long SeenE8, long FollowSeconds) PairInsideWindow(long spotE8, in WindowReading window)
    {
        (long forwardE8, long followSeconds) = IfSeen(spotE8, window, window.StalledSeconds);
        (long seenE8, long seenFollowSeconds) = IfSeen(spotE8, window, window.RemainingSeconds);
        return (forwardE8, seenE8, Math.Max(followSeconds, seenFollowSeconds));
    }

    private static (long ForwardE8, long FollowSeconds) IfSeen(long spotE8, in WindowReading window, long seconds)
    {
        long all = window.CoveredSeconds + seconds;
        return ((long)Rounding.DivNear(window.SumE8 + Math.BigMul(seconds, spotE8), all), (long)Rounding.DivCeil(WindowSeconds * seconds, all));
    }
}
