namespace OnchainMargin.Margin;

/// <summary>Forwards of a checkpoint.</summary>
public static class Forwards
{
    private const long WindowSeconds = 1_800;
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

    /// <summary>Forward inside the settlement window: near(elapsed·average + τ·spot, 1800).</summary>
    /// <param name="spotE8">Spot now.</param>
    /// <param name="averageE8">Average of spot since the window opened.</param>
    /// <param name="tauSeconds">Time to expiry, at most 1800.</param>
    [SpecRule("MRG-011")]
    public static long InsideWindow(long spotE8, long averageE8, long tauSeconds) =>
        (long)Rounding.DivNear(Math.BigMul(WindowSeconds - tauSeconds, averageE8) + Math.BigMul(tauSeconds, spotE8), WindowSeconds);
}
