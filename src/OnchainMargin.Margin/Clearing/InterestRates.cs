using System.Numerics;

namespace OnchainMargin.Margin;

/// <summary>Debt and credit indices.</summary>
[SpecRule("CLR-032")]
public static class InterestRates
{
    private const long IndexMax = long.MaxValue;

    /// <summary>Share of the credits that is lent out, at most all of it.</summary>
    /// <param name="debtE8">Debts.</param>
    /// <param name="creditE8">Credits.</param>
    public static long Utilisation(Int128 debtE8, Int128 creditE8) =>
        debtE8 == 0 ? 0 : debtE8 >= creditE8 ? Rounding.One : (long)Wide.MulDivFloor(debtE8, Rounding.One, creditE8);

    /// <summary>A yearly rate that rises slowly up to the kink and fast above it.</summary>
    /// <param name="p">The curve.</param>
    /// <param name="usedE8">Utilisation.</param>
    public static long Rate(InterestParameters p, long usedE8)
    {
        ArgumentNullException.ThrowIfNull(p);
        return usedE8 <= p.KinkUtilisationE8
            ? p.BaseRateE12 + (long)Wide.MulDivFloor(p.KinkRateE12 - p.BaseRateE12, usedE8, p.KinkUtilisationE8)
            : p.KinkRateE12 + (long)Wide.MulDivFloor(p.MaxRateE12 - p.KinkRateE12, usedE8 - p.KinkUtilisationE8, Rounding.One - p.KinkUtilisationE8);
    }

    /// <summary>Both indices after a time: the debt's rounded up, the credit's fed by what all debts at least owe more, less the reserve, and never faster than the debt's.</summary>
    /// <param name="p">The curve.</param>
    /// <param name="debtIndexE12">Debt index.</param>
    /// <param name="creditIndexE12">Credit index.</param>
    /// <param name="debtBaseE8">Sum of the debts' bases.</param>
    /// <param name="creditBaseE8">Sum of the credits' bases.</param>
    /// <param name="elapsedSeconds">Seconds since they were brought up to then.</param>
    public static (long DebtIndexE12, long CreditIndexE12) Accrue(
        InterestParameters p, long debtIndexE12, long creditIndexE12, Int128 debtBaseE8, Int128 creditBaseE8, long elapsedSeconds)
    {
        ArgumentNullException.ThrowIfNull(p);
        Int128 debtE8 = Wide.MulDivFloor(debtBaseE8, debtIndexE12, Rounding.OneE12);
        Int128 creditE8 = Wide.MulDivCeil(creditBaseE8, creditIndexE12, Rounding.OneE12);
        long rateE12 = Rate(p, Utilisation(debtE8, creditE8));
        BigInteger year = (BigInteger)Rounding.OneE12 * Rounding.Year;
        BigInteger growth = (((BigInteger)debtIndexE12 * rateE12 * elapsedSeconds) + year - 1) / year;
        long nextDebtE12 = AtMost(debtIndexE12 + growth);
        if (creditBaseE8 == 0)
        {
            return (nextDebtE12, creditIndexE12);
        }

        Int128 interestE8 = Wide.MulDivFloor(debtBaseE8, nextDebtE12 - debtIndexE12, Rounding.OneE12);
        Int128 shareE8 = Wide.MulDivFloor(interestE8, Rounding.One - p.ReserveE8, Rounding.One);
        BigInteger fedE12 = creditIndexE12 + ((BigInteger)shareE8 * Rounding.OneE12 / creditBaseE8);
        return (nextDebtE12, (long)BigInteger.Min(fedE12, (BigInteger)creditIndexE12 * nextDebtE12 / debtIndexE12));
    }

    /// <summary>What all debts at least owe more for a growth of their index, less what all credits at most are promised for a growth of theirs: insurance's.</summary>
    /// <param name="debtBaseE8">Sum of the debts' bases.</param>
    /// <param name="creditBaseE8">Sum of the credits' bases.</param>
    /// <param name="debtGrowthE12">By how much the debt index grew.</param>
    /// <param name="creditGrowthE12">By how much the credit index grew.</param>
    public static Int128 Reserved(Int128 debtBaseE8, Int128 creditBaseE8, long debtGrowthE12, long creditGrowthE12) =>
        Wide.MulDivFloor(debtBaseE8, debtGrowthE12, Rounding.OneE12) - Wide.MulDivCeil(creditBaseE8, creditGrowthE12, Rounding.OneE12);

    private static long AtMost(BigInteger value) => value < IndexMax ? (long)value : IndexMax;
}
