namespace OnchainMargin.Solver.Keeping;

/// <summary>What a bid for a fraction of a lot would bring, money E8.</summary>
/// <param name="FractionE8">The fraction.</param>
/// <param name="ShareE8">What the fraction is worth at live marks.</param>
/// <param name="PayE8">What it costs; negative when insurance pays.</param>
/// <param name="GasE8">What the transaction costs.</param>
/// <param name="HedgeE8">What hedging it costs.</param>
internal sealed record BidPlan(ulong FractionE8, Int128 ShareE8, Int128 PayE8, Int128 GasE8, Int128 HedgeE8)
{
    /// <summary>What remains.</summary>
    public Int128 ProfitE8 => ShareE8 - PayE8 - GasE8 - HedgeE8;

    /// <summary>The most that may be paid so that a least profit remains, whatever the price does before the bid is mined.</summary>
    public Int128 MostPayE8(Int128 leastProfitE8) => ShareE8 - GasE8 - HedgeE8 - leastProfitE8;
}
