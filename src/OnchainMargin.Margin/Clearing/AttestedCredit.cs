using System.Collections.Immutable;
using System.Numerics;

namespace OnchainMargin.Margin;

/// <summary>What an attested proof lends, and what it costs: the integers of <c>contracts/risk/AttestedCredit.sol</c>.</summary>
public static class AttestedCredit
{
    /// <summary>What the account may leave to the attesters' word: its margin without any netting, less what the chain sees for itself.</summary>
    /// <param name="positions">Positions after the operation.</param>
    /// <param name="balances">Collateral after the operation, without the settlement token.</param>
    /// <param name="checkpoint">The market, which holds all that they touch.</param>
    /// <param name="floorEquityE8">Floor equity after the operation, less what must not count.</param>
    [SpecRule("CLR-050")]
    public static Int128 CreditE8(ImmutableArray<Position> positions, ImmutableArray<Balance> balances, Checkpoint checkpoint, Int128 floorEquityE8)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        BigInteger riskE8 = 0;
        foreach (IGrouping<ushort, Position> held in positions.GroupBy(static position => position.Instrument.Underlying))
        {
            UnderlyingRecord market = UnderlyingOf(checkpoint, held.Key);
            riskE8 += AtRangeE8(market, held.Aggregate(BigInteger.Zero, (sum, position) => sum + ((BigInteger)Math.Abs(position.SizeE8) * PriceE8(market, position.Instrument.Expiry))));
        }

        foreach (Balance balance in balances)
        {
            CollateralRecord record = checkpoint.Collaterals.First(listed => listed.Token == balance.Token);
            BigInteger valueE8 = DivUp((BigInteger)balance.AmountRaw * record.PriceE8, BigInteger.Pow(10, record.Decimals));
            if (record.Underlying != 0)
            {
                UnderlyingRecord market = UnderlyingOf(checkpoint, record.Underlying);
                BigInteger worthE16 = valueE8 * market.SpotE8;
                riskE8 += AtRangeE8(market, worthE16);
                valueE8 = DivUp(worthE16, Rounding.One);
            }

            riskE8 += DivUp(valueE8 * record.HaircutE8, Rounding.One);
        }

        BigInteger neededE8 = DivUp(riskE8 * checkpoint.Header.InitialFactorE8, Rounding.One);
        return neededE8 > floorEquityE8 ? (Int128)(neededE8 - floorEquityE8) : 0;
    }

    /// <summary>What the use of a credit costs.</summary>
    /// <param name="creditE8">The credit, at least 0.</param>
    /// <param name="rateE8">The fee, of the credit.</param>
    [SpecRule("CLR-054")]
    public static Int128 FeeUp(Int128 creditE8, long rateE8) => Rounding.DivCeil(creditE8 * rateE8, Rounding.One);

    /// <summary>By what a unit moves when its underlying does: spot, of a dated position no less than any forward that it may be valued at.</summary>
    private static long PriceE8(UnderlyingRecord market, uint expiry)
    {
        if (expiry == 0)
        {
            return market.SpotE8;
        }

        ExpiryRecord dated = market.Expiries.First(listed => listed.Expiry == expiry);
        return Math.Max(market.SpotE8, Math.Max(dated.Present.ForwardE8, dated.Delayed.ForwardE8));
    }

    /// <summary>What a worth loses to a move by the price range.</summary>
    private static BigInteger AtRangeE8(UnderlyingRecord market, BigInteger worthE16) => DivUp(worthE16 * market.Parameters.PriceRangeE8, (BigInteger)Rounding.One * Rounding.One);

    private static UnderlyingRecord UnderlyingOf(Checkpoint checkpoint, ushort underlying) => checkpoint.Underlyings.First(record => record.Underlying == underlying);

    private static BigInteger DivUp(BigInteger a, BigInteger b) => (a + b - 1) / b;
}
