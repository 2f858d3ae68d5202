namespace OnchainMargin.Margin;

/// <summary>Account totals from the terms in a workspace.</summary>
internal static class Totals
{
    /// <summary>The maintenance margin.</summary>
    [SpecRule("MRG-051")]
    internal static Int128 Maintenance(Workspace workspace)
    {
        Int128 sum = workspace.HaircutE8;
        foreach (ref readonly GroupResult group in workspace.Groups)
        {
            sum += group.MaintenanceE8;
        }

        for (int u = 0; u < workspace.UnderlyingCount; u++)
        {
            sum += workspace.Underlying(u).AddOnsE8;
        }

        return sum;
    }

    /// <summary>The initial margin.</summary>
    [SpecRule("MRG-052")]
    internal static Int128 Initial(Int128 maintenanceE8, long initialFactorE8, Int128 staleE8, Int128 spreadE8) =>
        Rounding.DivCeil(initialFactorE8 * (maintenanceE8 + staleE8), Rounding.One) + spreadE8;

    /// <summary>Equity.</summary>
    [SpecRule("MRG-050")]
    internal static Int128 Equity(Int128 cashE8, Workspace workspace) =>
        cashE8 + Rounding.DivFloor(workspace.MarksE16, Rounding.One) - workspace.CostsE8 + workspace.CollateralValueE8;

    /// <summary>Floor equity.</summary>
    [SpecRule("MRG-055")]
    internal static Int128 FloorEquity(Int128 cashE8, Workspace workspace) =>
        cashE8 + workspace.CollateralValueE8 - workspace.HaircutE8 + Rounding.DivFloor(workspace.FloorMarksE16, Rounding.One) - workspace.CostsE8;

    /// <summary>All figures.</summary>
    [SpecRule("MRG-056")]
    internal static AccountFigures Figures(Int128 cashE8, long initialFactorE8, Workspace workspace)
    {
        Int128 staleE8 = 0;
        Int128 spreadE8 = 0;
        for (int u = 0; u < workspace.UnderlyingCount; u++)
        {
            staleE8 += workspace.Underlying(u).StaleE8;
            spreadE8 += workspace.Underlying(u).SpreadE8;
        }

        Int128 equityE8 = Equity(cashE8, workspace);
        Int128 maintenanceE8 = Maintenance(workspace);
        Int128 initialE8 = Initial(maintenanceE8, initialFactorE8, staleE8, spreadE8);
        return new AccountFigures(equityE8, maintenanceE8, initialE8, workspace.FloorE8 + staleE8, FloorEquity(cashE8, workspace), initialE8 - (equityE8 - cashE8));
    }
}
