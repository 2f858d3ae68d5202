namespace OnchainMargin.Margin;

/// <summary>Collateral tokens: their value, their size as spot, their haircut.</summary>
public static class Collaterals
{
    private const long SizeMaxE8 = 1L << 53;

    private static readonly Int128 ValueMaxE8 = Int128.One << 90;

    private static ReadOnlySpan<long> PowersOfTen =>
    [
        1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000, 10_000_000_000, 100_000_000_000, 1_000_000_000_000,
        10_000_000_000_000, 100_000_000_000_000, 1_000_000_000_000_000, 10_000_000_000_000_000, 100_000_000_000_000_000, 1_000_000_000_000_000_000,
    ];

    /// <summary>The size in units of the underlying that a token is.</summary>
    /// <param name="record">The token.</param>
    /// <param name="amountRaw">The amount, base units.</param>
    [SpecRule("MRG-040")]
    public static long SizeE8(CollateralRecord record, UInt128 amountRaw) => (long)Scaled(record, amountRaw, SizeMaxE8);

    /// <summary>The value of a token; spot only matters for one that is an underlying.</summary>
    /// <param name="record">The token.</param>
    /// <param name="amountRaw">The amount, base units.</param>
    /// <param name="spotE8">Spot of its underlying.</param>
    [SpecRule("MRG-040")]
    public static Int128 ValueE8(CollateralRecord record, UInt128 amountRaw, long spotE8)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.Underlying == 0
            ? Scaled(record, amountRaw, ValueMaxE8)
            : Rounding.DivFloor(Math.BigMul(SizeE8(record, amountRaw), spotE8), Rounding.One);
    }

    /// <summary>The haircut on a value, rounded up.</summary>
    /// <param name="record">The token.</param>
    /// <param name="valueE8">Its value.</param>
    [SpecRule("MRG-040")]
    public static Int128 HaircutE8(CollateralRecord record, Int128 valueE8)
    {
        ArgumentNullException.ThrowIfNull(record);
        return Rounding.DivCeil(record.HaircutE8 * valueE8, Rounding.One);
    }

    /// <summary>min(⌊amount·price/10^decimals⌋, limit): whole tokens and the rest apart, so that the wide product is never formed.</summary>
    private static Int128 Scaled(CollateralRecord record, UInt128 amountRaw, Int128 limit)
    {
        ArgumentNullException.ThrowIfNull(record);
        long unit = PowersOfTen[record.Decimals];
        UInt128 whole = Rounding.DivRem(amountRaw, (ulong)unit, out ulong rest);
        if (record.PriceE8 == 0)
        {
            return 0;
        }

        if (whole > (UInt128)limit)
        {
            return limit;
        }

        Int128 part = Rounding.DivFloor(Math.BigMul((long)rest, record.PriceE8), unit);

        // Why no overflow: whole ≤ 2⁹⁰ here, and above limit/price the product is over the limit anyway.
        return whole > (UInt128)Rounding.DivFloor(limit, record.PriceE8) ? limit : Rounding.Min(((Int128)whole * record.PriceE8) + part, limit);
    }
}
