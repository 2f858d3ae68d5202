namespace OnchainMargin.Solver.Api;

/// <summary>The terms of one risk group of an account.</summary>
/// <param name="Group">Its number.</param>
/// <param name="MaintenanceE8">What it requires.</param>
/// <param name="Joint24E8">The joint term, in 24ths.</param>
/// <param name="LossesAloneE8">The losses of its underlyings, each alone, added up.</param>
/// <param name="NotNettedE8">The part of those that netting cannot remove, by the netting floor of each.</param>
/// <param name="WorstScenario">The joint scenario of the largest loss.</param>
internal sealed record GroupView(
    string Group, string MaintenanceE8, string Joint24E8, string LossesAloneE8, string NotNettedE8, int WorstScenario);
