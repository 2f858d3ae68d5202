namespace OnchainMargin.Margin;

/// <summary>Values that follow others slowly.</summary>
[SpecRule("CLR-030")]
public static class Averages
{
    /// <summary>current + quot((sample − current)·min(elapsed, window), window): all of the way after a whole window.</summary>
    /// <param name="current">The average.</param>
    /// <param name="sample">What it follows.</param>
    /// <param name="elapsedSeconds">Seconds since the last.</param>
    /// <param name="windowSeconds">The window.</param>
    public static Int128 Follow(Int128 current, Int128 sample, long elapsedSeconds, long windowSeconds) =>
        elapsedSeconds >= windowSeconds ? sample : current + Wide.MulDivTrunc(sample - current, elapsedSeconds, windowSeconds);
}
