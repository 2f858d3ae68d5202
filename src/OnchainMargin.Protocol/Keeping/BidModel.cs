using System.Globalization;
using System.Numerics;
using OnchainMargin.Ethereum;

namespace OnchainMargin.Protocol.Keeping;

/// <summary>When a bid pays, and what it may cost at most so that it still does when gas and prices move before it is mined.</summary>
public static class BidModel
{
    /// <summary>One, in E8.</summary>
    public const long One = 100_000_000;

    private const int Percent = 100;
    private const int Thousand = 1000;
    private const int WeiPerGwei = 1_000_000_000;
    private static readonly BigInteger WeiPerCoin = BigInteger.Pow(10, 18);

    /// <summary>Judges a bid.</summary>
    /// <param name="terms">What it would bring and cost.</param>
    /// <param name="reason">Why it is not worth sending, in a few words with the figures; empty for a plan.</param>
    /// <returns>The plan, or null.</returns>
    public static BidPlan? Judge(BidTerms terms, out string reason)
    {
        ArgumentNullException.ThrowIfNull(terms);
        Int128 surplus = terms.ShareE8 - terms.PayE8 - terms.HedgeE8 - terms.MinimumProfitE8;
        Int128 gas = GasE8(terms.Gas, terms.OfferWei, terms.NativePriceE8);
        if (terms.OfferWei > terms.CapWei)
        {
            reason = $"gas asks {Gwei(terms.OfferWei)} gwei, more than the cap of {Gwei(terms.CapWei)}";
            return null;
        }

        if (surplus < gas)
        {
            reason = $"worth {Money(terms.ShareE8)}, less {Money(terms.PayE8)} to pay, {Money(terms.HedgeE8)} for hedging and {Money(gas)} for gas at {Gwei(terms.OfferWei)} gwei leaves {Money(surplus - gas + terms.MinimumProfitE8)}, "
                + $"under the least profit of {Money(terms.MinimumProfitE8)}";
            return null;
        }

        Int128 budget = Int128.Max(gas, surplus * Math.Clamp(terms.GasSharePercent, 0, Percent) / Percent);
        UInt256 ceiling = Smaller(terms.CapWei, PriceFor(terms.Gas, budget, terms.NativePriceE8, terms.CapWei));
        reason = "";
        return new BidPlan(terms, gas, ceiling, terms.ShareE8 - terms.HedgeE8 - terms.MinimumProfitE8 - GasE8(terms.Gas, ceiling, terms.NativePriceE8));
    }

    /// <summary>What gas costs in money E8, rounded up.</summary>
    /// <param name="gas">Units of gas.</param>
    /// <param name="feeWei">Wei a unit.</param>
    /// <param name="nativePriceE8">The price of one whole native coin.</param>
    public static Int128 GasE8(ulong gas, UInt256 feeWei, long nativePriceE8)
    {
        BigInteger money = ((gas * (BigInteger)feeWei * nativePriceE8) + WeiPerCoin - 1) / WeiPerCoin;
        return money > (BigInteger)Int128.MaxValue ? Int128.MaxValue : (Int128)money;
    }

    /// <summary>The largest price of a unit of gas at which so much gas costs no more than a budget.</summary>
    /// <param name="gas">Units of gas.</param>
    /// <param name="budgetE8">The budget, money E8.</param>
    /// <param name="nativePriceE8">The price of one whole native coin; 0 when gas is free.</param>
    /// <param name="mostWei">The answer's upper bound.</param>
    public static UInt256 PriceFor(ulong gas, Int128 budgetE8, long nativePriceE8, UInt256 mostWei)
    {
        if (gas == 0 || nativePriceE8 == 0 || budgetE8 < 0)
        {
            return budgetE8 < 0 ? UInt256.Zero : mostWei;
        }

        BigInteger price = (BigInteger)budgetE8 * WeiPerCoin / ((BigInteger)gas * nativePriceE8);
        return price > (BigInteger)mostWei ? mostWei : (UInt256)price;
    }

    /// <summary>Money as people write it: <c>1250.75</c>.</summary>
    public static string Money(Int128 valueE8)
    {
        BigInteger cents = BigInteger.Abs(valueE8) / (One / Percent);
        return string.Create(CultureInfo.InvariantCulture, $"{(valueE8 < 0 && !cents.IsZero ? "-" : "")}{cents / Percent}.{(int)(cents % Percent):00}");
    }

    /// <summary>A price of gas in gwei.</summary>
    public static string Gwei(UInt256 wei)
    {
        BigInteger thousandths = (BigInteger)wei / (WeiPerGwei / Thousand);
        return string.Create(CultureInfo.InvariantCulture, $"{thousandths / Thousand}.{(int)(thousandths % Thousand):000}");
    }

    internal static Int128 DivUp(Int128 value, Int128 by) => (value + by - 1) / by;

    private static UInt256 Smaller(UInt256 a, UInt256 b) => a < b ? a : b;
}
