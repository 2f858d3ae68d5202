namespace OnchainMargin.Solver.Store;

/// <summary>What an intent counts for among those whose cost is bounded by the day (<c>keeper:dutyDayE8</c>); nothing of one that is not bounded so.</summary>
/// <param name="GasE8">What its gas was expected to cost when it was stored, money E8.</param>
/// <param name="RewardE8">What the chain was expected to pay for it then, unless it is reverted, money E8.</param>
public readonly record struct DayCharge(long GasE8, long RewardE8)
{
    /// <summary>What is left of the gas to who sends it.</summary>
    public Int128 CostE8 => Int128.Max((Int128)GasE8 - RewardE8, 0);
}
