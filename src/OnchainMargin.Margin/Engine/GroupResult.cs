namespace OnchainMargin.Margin;

/// <summary>The terms of one risk group of one account.</summary>
internal struct GroupResult
{
    internal byte Group;
    internal long NettingFloorE8;
    internal int WorstScenario;
    internal Int128 Joint24E8;
    internal Int128 Excess24E8;
    internal Int128 Loss24E8;
    internal Int128 ShortMinimumE8;
    internal Int128 MaintenanceE8;
}
