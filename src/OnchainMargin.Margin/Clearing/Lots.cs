namespace OnchainMargin.Margin;

/// <summary>Lots of a liquidation: what is for sale, what a bid pays, what it receives.</summary>
public static class Lots
{
    /// <summary>An account whose requirement is below this is sold whole.</summary>
    public const long DustE8 = 100 * Rounding.One;

    /// <summary>What the margin that a lot keeps is rounded up to.</summary>
    private const long MarginUnit = 10_000;

    /// <summary>The most of those that a lot keeps.</summary>
    private const long MarginUnitsMost = (1L << 56) - 1;

    private const long WeiPerCoin = 1_000_000_000_000_000_000;

    /// <summary>The part of x that a fraction has sold, toward zero, so that slices always add up.</summary>
    /// <param name="x">Size, cost, cash or amount.</param>
    /// <param name="fractionE8">The fraction sold.</param>
    [SpecRule("CLR-042")]
    public static Int128 Sold(Int128 x, long fractionE8) => Wide.MulDivTrunc(x, fractionE8, Rounding.One);

    /// <summary>The fraction for sale: restores equity to the target under the margin shown, at the largest discount.</summary>
    /// <param name="equityE8">Equity at the start.</param>
    /// <param name="marginE8">The margin that the witness shows.</param>
    /// <param name="targetE8">The target, of that margin.</param>
    /// <param name="discountMaxE8">The largest discount.</param>
    /// <param name="bidMinE8">The least bid.</param>
    [SpecRule("CLR-040")]
    public static long ForSale(Int128 equityE8, Int128 marginE8, long targetE8, long discountMaxE8, long bidMinE8)
    {
        if (equityE8 <= 0 || marginE8 < DustE8)
        {
            return Rounding.One;
        }

        Int128 target = Wide.MulDivCeil(targetE8, marginE8, Rounding.One);
        if (target <= equityE8)
        {
            return 0;
        }

        Int128 fraction = Wide.MulDivCeil(target - equityE8, Rounding.One, target - Wide.MulDivFloor(equityE8, discountMaxE8, Rounding.One));
        return fraction > Rounding.One - bidMinE8 ? Rounding.One : (long)fraction;
    }

    /// <summary>Whether what is left of a lot has reached the target under the margin that the lot keeps: then no bid is taken, while all its legs are open.</summary>
    /// <param name="equityE8">The equity of what is left, with everything the account holds.</param>
    /// <param name="marginE8">The largest margin that was shown, of the whole.</param>
    /// <param name="targetE8">The target, of that margin.</param>
    /// <param name="soldE8">The fraction sold.</param>
    [SpecRule("CLR-041")]
    public static bool IsRestored(Int128 equityE8, Int128 marginE8, long targetE8, long soldE8) => equityE8 >= RestoredAtE8(marginE8, targetE8, soldE8);

    /// <summary>The least equity of what is left of a lot at which it is restored.</summary>
    /// <param name="marginE8">The largest margin that was shown, of the whole.</param>
    /// <param name="targetE8">The target, of that margin.</param>
    /// <param name="soldE8">The fraction sold.</param>
    [SpecRule("CLR-041")]
    public static Int128 RestoredAtE8(Int128 marginE8, long targetE8, long soldE8) =>
        Int128.Max(1, Wide.MulDivFloor(Wide.MulDivFloor(Kept(marginE8), targetE8, Rounding.One), Rounding.One - soldE8, Rounding.One));

    /// <summary>What the margin that a lot keeps, of the whole, is of the unsold part.</summary>
    /// <param name="marginE8">The largest margin that was shown, of the whole.</param>
    /// <param name="soldE8">The fraction sold.</param>
    [SpecRule("CLR-041")]
    public static Int128 KeptUp(Int128 marginE8, long soldE8) => Wide.MulDivCeil(Kept(marginE8), Rounding.One - soldE8, Rounding.One);

    /// <summary>The most of a lot that one bid takes: what restores it as it is now, or the least bid.</summary>
    /// <param name="equityE8">The equity of what is left, with everything the account holds.</param>
    /// <param name="marginE8">The margin of what is left.</param>
    /// <param name="targetE8">The target, of that margin.</param>
    /// <param name="discountMaxE8">The largest discount.</param>
    /// <param name="bidMinE8">The least bid.</param>
    /// <param name="soldE8">The fraction sold.</param>
    [SpecRule("CLR-041")]
    public static long BidMostUp(Int128 equityE8, Int128 marginE8, long targetE8, long discountMaxE8, long bidMinE8, long soldE8) =>
        Math.Max(bidMinE8, (long)Wide.MulDivCeil(ForSale(equityE8, marginE8, targetE8, discountMaxE8, bidMinE8), Rounding.One - soldE8, Rounding.One));

    private static Int128 Kept(Int128 marginE8) => Int128.Min(Rounding.DivCeil(marginE8, MarginUnit), MarginUnitsMost) * MarginUnit;

    /// <summary>What a proved start is paid, rounded down: its gas, at most a part of the account's equity.</summary>
    /// <param name="equityE8">Equity that the witness shows.</param>
    /// <param name="gas">Units of gas that are paid for.</param>
    /// <param name="feeWei">The block's base fee.</param>
    /// <param name="nativeE8">The price of a whole coin that gas is paid in.</param>
    /// <param name="rewardMaxE8">The largest part of the equity.</param>
    /// <param name="rewardMostE8">The most in money.</param>
    [SpecRule("CLR-044")]
    public static Int128 RewardDown(Int128 equityE8, long gas, long feeWei, long nativeE8, long rewardMaxE8, Int128 rewardMostE8)
    {
        if (equityE8 <= 0)
        {
            return 0;
        }

        Int128 cost = Wide.MulDivFloor((Int128)gas * feeWei, nativeE8, WeiPerCoin);
        return Int128.Min(Int128.Min(cost, Wide.MulDivFloor(equityE8, rewardMaxE8, Rounding.One)), rewardMostE8);
    }

    /// <summary>The discount at an age, rounded down.</summary>
    /// <param name="ageSeconds">Seconds since grace ended.</param>
    /// <param name="discountMaxE8">The largest discount.</param>
    /// <param name="rampSeconds">The time it takes.</param>
    [SpecRule("CLR-041")]
    public static long Discount(long ageSeconds, long discountMaxE8, long rampSeconds) => (long)Wide.MulDivFloor(discountMaxE8, Math.Min(ageSeconds, rampSeconds), rampSeconds);

    /// <summary>What a bid pays for a fraction of a lot with equity, rounded up.</summary>
    /// <param name="equityE8">Equity of the whole lot at live prices, not negative.</param>
    /// <param name="fractionE8">The fraction.</param>
    /// <param name="discountE8">The discount.</param>
    [SpecRule("CLR-041")]
    public static Int128 PayUp(Int128 equityE8, long fractionE8, long discountE8) =>
        Wide.MulDivCeil(Wide.MulDivCeil(equityE8, fractionE8, Rounding.One), Rounding.One - discountE8, Rounding.One);
}
