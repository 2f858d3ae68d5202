using System.Numerics;

namespace OnchainMargin.Margin;

/// <summary>What a withdrawal bears of losses that nothing has paid: the integers of <c>contracts/clearing/Recoveries.sol</c>.</summary>
public static class Losses
{
    /// <summary>What accounts are credited in all, rounded up.</summary>
    /// <param name="creditBaseE8">Their credits, each divided by the index that it was last touched at.</param>
    /// <param name="creditIndexE12">The index of now.</param>
    public static UInt128 CreditE8(UInt128 creditBaseE8, ulong creditIndexE12) => (UInt128)((((BigInteger)creditBaseE8 * creditIndexE12) + Rounding.OneE12 - 1) / Rounding.OneE12);

    /// <summary>The part of an amount that nothing stands behind while losses are not paid: base units, no more than are whole in what lacks.</summary>
    /// <param name="amountRaw">The amount in base units.</param>
    /// <param name="creditE8">All that accounts are credited.</param>
    /// <param name="deficitE8">What lacks of it.</param>
    /// <param name="unitE8">What a base unit is in cash.</param>
    [SpecRule("CLR-023")]
    public static UInt128 UnpaidRaw(UInt128 amountRaw, UInt128 creditE8, UInt128 deficitE8, UInt128 unitE8)
    {
        BigInteger paidRaw = creditE8 > deficitE8 ? (BigInteger)amountRaw * (creditE8 - deficitE8) / creditE8 : 0;
        return UInt128.Min(amountRaw - (UInt128)paidRaw, deficitE8 / unitE8);
    }
}
