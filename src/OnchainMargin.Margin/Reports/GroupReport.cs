namespace OnchainMargin.Margin;

/// <summary>The terms of one risk group; fields as in the referee's breakdown.</summary>
/// <param name="Group">The group.</param>
/// <param name="NettingFloorE8">Its netting floor.</param>
/// <param name="WorstScenario">Index of the joint scenario of the largest loss, the first of equals.</param>
/// <param name="Joint24E8">The joint loss, 24ths.</param>
/// <param name="Excess24E8">What losses between nodes add, 24ths.</param>
/// <param name="Loss24E8">Sum of the losses of the underlyings alone, 24ths.</param>
/// <param name="ShortMinimumE8">The short option minimum.</param>
/// <param name="MaintenanceE8">The group's requirement.</param>
public sealed record GroupReport(
    byte Group, long NettingFloorE8, int WorstScenario, Int128 Joint24E8, Int128 Excess24E8, Int128 Loss24E8, Int128 ShortMinimumE8, Int128 MaintenanceE8);
