using OnchainMargin.Ethereum;

namespace OnchainMargin.Protocol.Keeping;

/// <summary>A bid that pays, with the two limits that keep it so. Money in E8 of the settlement currency.</summary>
/// <param name="Terms">What it was judged by.</param>
/// <param name="GasE8">What gas costs at most at today's offer.</param>
/// <param name="CeilingWei">The most that may be offered for a unit of gas, however often the fee is raised.</param>
/// <param name="MostPayE8">The most that the contract may ask for all of the fraction (<c>maxPayE8</c> of the bid); for less of it its part (CLR-041).</param>
/// <remarks>Whatever happens between: a bid that is carried out pays at most <paramref name="MostPayE8"/> and at most <paramref name="CeilingWei"/> for each unit of gas, and
/// share − <paramref name="MostPayE8"/> − <see cref="BidTerms.Gas"/> at <paramref name="CeilingWei"/> − hedging is the least profit or more.</remarks>
public sealed record BidPlan(BidTerms Terms, Int128 GasE8, UInt256 CeilingWei, Int128 MostPayE8)
{
    /// <summary>What remains at today's prices.</summary>
    public Int128 ProfitE8 => Terms.ShareE8 - Terms.PayE8 - Terms.HedgeE8 - GasE8;
}
