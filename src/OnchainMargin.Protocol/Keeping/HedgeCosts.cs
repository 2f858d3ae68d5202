using OnchainMargin.Margin;
using OnchainMargin.Protocol.Checkpoints;

namespace OnchainMargin.Protocol.Keeping;

/// <summary>What it costs to hedge what a bid takes over.</summary>
public static class HedgeCosts
{
    private const int BpsScale = 10_000;

    /// <summary>Fees on the whole notional, and slippage on the net delta of each underlying. Rounded up.</summary>
    /// <param name="grossE8">The notional, in money E8.</param>
    /// <param name="deltasE8">Net delta by underlying, in units E8; see <see cref="Liquidations.NetDeltasE8"/>.</param>
    /// <param name="feeBps">Fees, in hundredths of a percent of the notional.</param>
    /// <param name="live">Live prices.</param>
    /// <param name="measured">Slippage of an order (underlying, signed units E8 that the hedge trades) as a fraction E8 of the price, from a book that was measured; null from it, or no such function, takes what the protocol itself charges: <c>min(slippageCap, slippage·size/depth)</c>.</param>
    public static Int128 OfE8(Int128 grossE8, IEnumerable<KeyValuePair<ushort, Int128>> deltasE8, int feeBps, CheckpointInputs live, Func<ushort, Int128, long?>? measured = null)
    {
        ArgumentNullException.ThrowIfNull(deltasE8);
        ArgumentNullException.ThrowIfNull(live);
        Int128 cost = BidModel.DivUp(grossE8 * feeBps, BpsScale);
        foreach ((ushort underlying, Int128 delta) in deltasE8)
        {
            if (delta == 0 || live.Checkpoint.Underlyings.FirstOrDefault(record => record.Underlying == underlying) is not { } record)
            {
                continue;
            }

            Int128 size = Int128.Abs(delta);
            Int128 notional = BidModel.DivUp(size * record.SpotE8, BidModel.One);
            Int128 slippage = measured?.Invoke(underlying, -delta) ?? ChargedE8(size, record);
            cost += BidModel.DivUp(notional * slippage, BidModel.One);
        }

        return cost;
    }

    private static Int128 ChargedE8(Int128 sizeE8, UnderlyingRecord record) => record.DepthE8 == 0
        ? record.Parameters.SlippageCapE8
        : Int128.Min(record.Parameters.SlippageCapE8, BidModel.DivUp(record.Parameters.SlippageE8 * sizeE8, record.DepthE8));
}
