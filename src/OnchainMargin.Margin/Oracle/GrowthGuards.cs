namespace OnchainMargin.Margin;

/// <summary>How fast the rate of a vault's share may be believed to grow: the integers of <c>contracts/oracle/GrowthGuards.sol</c>. Rates in E20.</summary>
public static class GrowthGuards
{
    private const long DaySeconds = 86_400;

    /// <summary>The most that is told: the noted rate and its growth since, over a day at most.</summary>
    /// <param name="notedE20">The rate last noted.</param>
    /// <param name="growthYearE8">The most that it may grow by in a year, as a part of itself, E8.</param>
    /// <param name="elapsedSeconds">Seconds since it was noted.</param>
    [SpecRule("ORC-006")]
    public static Int128 CeilingE20(Int128 notedE20, long growthYearE8, long elapsedSeconds) =>
        notedE20 + Wide.MulDivTrunc(notedE20, growthYearE8 * (Int128)Math.Min(elapsedSeconds, DaySeconds), (Int128)Rounding.One * Rounding.Year);

    /// <summary>The rate to note: a rise as far as the ceiling, a fall over a day.</summary>
    /// <param name="notedE20">The rate last noted.</param>
    /// <param name="rateE20">The rate that the vault tells now.</param>
    /// <param name="growthYearE8">The most that it may grow by in a year, as a part of itself, E8.</param>
    /// <param name="elapsedSeconds">Seconds since it was noted.</param>
    [SpecRule("ORC-006")]
    public static Int128 NextE20(Int128 notedE20, Int128 rateE20, long growthYearE8, long elapsedSeconds) => rateE20 >= notedE20
        ? Int128.Min(rateE20, CeilingE20(notedE20, growthYearE8, elapsedSeconds))
        : notedE20 - Wide.MulDivTrunc(notedE20 - rateE20, Math.Min(elapsedSeconds, DaySeconds), DaySeconds);
}
