namespace OnchainMargin.Models.Policy;

/// <summary>An account that a step of parameters would make liquidatable, money E8.</summary>
/// <param name="Account">Its place among those asked about.</param>
/// <param name="EquityE8">Its equity.</param>
/// <param name="BeforeE8">Maintenance margin as it is.</param>
/// <param name="AfterE8">Maintenance margin after the step, over its equity.</param>
public readonly record struct Impact(int Account, Int128 EquityE8, Int128 BeforeE8, Int128 AfterE8);
