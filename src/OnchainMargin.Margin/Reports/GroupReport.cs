namespace OnchainMargin.Margin;

/// <summary>The terms of one risk group; fields as in the referee's breakdown.</summary>
/// <param name="Group">The group.</param>
/// <param name="WorstScenario">Index of the joint scenario of the largest loss, the first of equals.</param>
/// <param name="Scenario24E8">The largest joint loss at a scenario, 24ths.</param>
/// <param name="Between24E8">The largest joint loss between nodes, 24ths.</param>
/// <param name="Worst">Where the larger of the two is.</param>
/// <param name="Loss24E8">Sum of the losses of the underlyings alone, 24ths.</param>
/// <param name="NettingFloor24E8">The part of those that netting cannot remove, by the netting floor of each, 24ths.</param>
/// <param name="ShortMinimumE8">The short option minimum.</param>
/// <param name="MaintenanceE8">The group's requirement.</param>
public sealed record GroupReport(
    byte Group, int WorstScenario, Int128 Scenario24E8, Int128 Between24E8, Point Worst, Int128 Loss24E8, Int128 NettingFloor24E8, Int128 ShortMinimumE8, Int128 MaintenanceE8)
{
    /// <summary>The joint loss, 24ths.</summary>
    public Int128 Joint24E8 => Int128.Max(Scenario24E8, Between24E8);
}
