namespace OnchainMargin.Margin;

/// <summary>The terms of one risk group of one account.</summary>
internal struct GroupResult
{
    internal byte Group;
    internal int Members;
    internal int WorstScenario;
    internal Point Worst;
    internal Int128 Scenario24E8;
    internal Int128 Between24E8;
    internal Int128 Loss24E8;
    internal Int128 NettingFloor24E8;
    internal Int128 ShortMinimumE8;
    internal Int128 MaintenanceE8;

    internal readonly Int128 Joint24E8 => Rounding.Max(Scenario24E8, Between24E8);
}
