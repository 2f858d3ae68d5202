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
            riskE8 += RiskE8(checkpoint, held.Key, held.Aggregate(BigInteger.Zero, static (sum, position) => sum + Math.Abs(position.SizeE8)));
        }

        foreach (Balance balance in balances)
        {
            CollateralRecord record = checkpoint.Collaterals.First(listed => listed.Token == balance.Token);
            BigInteger valueE8 = DivUp((BigInteger)balance.AmountRaw * record.PriceE8, BigInteger.Pow(10, record.Decimals));
            if (record.Underlying != 0)
            {
                riskE8 += RiskE8(checkpoint, record.Underlying, valueE8);
                valueE8 = DivUp(valueE8 * UnderlyingOf(checkpoint, record.Underlying).SpotE8, Rounding.One);
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

    private static BigInteger RiskE8(Checkpoint checkpoint, ushort underlying, BigInteger sizesE8)
    {
        UnderlyingRecord record = UnderlyingOf(checkpoint, underlying);
        return DivUp(sizesE8 * record.SpotE8 * record.Parameters.PriceRangeE8, (BigInteger)Rounding.One * Rounding.One);
    }

    private static UnderlyingRecord UnderlyingOf(Checkpoint checkpoint, ushort underlying) => checkpoint.Underlyings.First(record => record.Underlying == underlying);

    private static BigInteger DivUp(BigInteger a, BigInteger b) => (a + b - 1) / b;
}
