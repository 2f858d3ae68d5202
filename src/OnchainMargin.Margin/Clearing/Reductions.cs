using System.Numerics;

namespace OnchainMargin.Margin;

/// <summary>What an operation that only makes positions smaller must bring, and what it may give away beside the marks.</summary>
public static class Reductions
{
    /// <summary>What part of the band it may give away whose account rests on a halted market (CLR-016).</summary>
    private const int NarrowParts = 10;

    /// <summary>What part of the maintenance margin tokens are worth, at least, that an account rests on (CLR-016).</summary>
    private const int RestingParts = 100;

    /// <summary>The least that equity less maintenance margin may be after it.</summary>
    /// <param name="equityE8">Equity before, at the present surfaces as all of these.</param>
    /// <param name="maintenanceE8">Maintenance margin before, at least 0.</param>
    /// <param name="maintenanceAfterE8">Maintenance margin after, at least 0.</param>
    /// <param name="minReliefE8">What an account below its maintenance margin must gain, of that margin.</param>
    [SpecRule("CLR-020")]
    public static BigInteger LeastExcessE8(Int128 equityE8, Int128 maintenanceE8, Int128 maintenanceAfterE8, long minReliefE8)
    {
        Int128 excessE8 = equityE8 - maintenanceE8;
        BigInteger leastE8 = excessE8 < 0 ? excessE8 + Wide.MulDivCeil(minReliefE8, maintenanceE8, Rounding.One) : excessE8;
        if (maintenanceE8 == 0)
        {
            return leastE8;
        }

        BigInteger coveredE8 = BigInteger.DivRem((BigInteger)equityE8 * maintenanceAfterE8, maintenanceE8, out BigInteger rest);
        return BigInteger.Max(leastE8, coveredE8 + (rest > 0 ? 1 : 0) - maintenanceAfterE8);
    }

    /// <summary>Whether an account after it rests on its tokens of halted markets: it lacks maintenance margin without them, and they are worth a hundredth of that or more. Less may be a stranger's.</summary>
    /// <param name="equityE8">Equity with them.</param>
    /// <param name="equityWithoutE8">Equity without them.</param>
    /// <param name="maintenanceWithoutE8">Maintenance margin without them, at least 0.</param>
    public static bool RestsOnTokens(Int128 equityE8, Int128 equityWithoutE8, Int128 maintenanceWithoutE8) =>
        equityWithoutE8 < maintenanceWithoutE8 && (equityE8 - equityWithoutE8) * RestingParts >= maintenanceWithoutE8;

    /// <summary>The most equity that it may lose by what it makes smaller of one instrument.</summary>
    /// <param name="sizeE8">Signed net size of what it trades.</param>
    /// <param name="markE8">Live mark, at least 0.</param>
    /// <param name="bandE8">How far from it a fill may be (CLR-013).</param>
    /// <param name="rateE8">The larger of both fees, of notional.</param>
    /// <param name="restsOnHalted">Whether the account rests on a halted market.</param>
    [SpecRule("CLR-020")]
    public static Int128 MostLostE8(long sizeE8, Int128 markE8, Int128 bandE8, long rateE8, bool restsOnHalted) =>
        Wide.MulDivFloor(
            Int128.Abs(sizeE8),
            (Rounding.One * bandE8 / (restsOnHalted ? NarrowParts : 1)) + (rateE8 * (markE8 + bandE8)) + Rounding.One,
            (Int128)Rounding.One * Rounding.One);
}
