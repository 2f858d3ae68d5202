namespace OnchainMargin.Margin;

/// <summary>The figures that decide about an account, money E8.</summary>
/// <param name="EquityE8">Cash, positions at their marks and collateral at its value (MRG-050).</param>
/// <param name="MaintenanceE8">Below it the account can be liquidated (MRG-051).</param>
/// <param name="InitialE8">Needed after a trade or a withdrawal (MRG-052).</param>
/// <param name="FloorE8">What the chain can see for itself without a model (MRG-054).</param>
/// <param name="FloorEquityE8">Equity without trust in volatilities (MRG-055).</param>
/// <param name="LeastCashE8">The least cash at which equity is the initial margin (MRG-056).</param>
public readonly record struct AccountFigures(Int128 EquityE8, Int128 MaintenanceE8, Int128 InitialE8, Int128 FloorE8, Int128 FloorEquityE8, Int128 LeastCashE8)
{
    /// <summary>Floor equity above the floor; negative below it.</summary>
    public Int128 AboveFloorE8 => FloorEquityE8 - FloorE8;

    /// <summary>How much an operation may still take, at the surfaces that are worse for the account: equity above the initial margin, or floor equity above the floor where that is less (CLR-020); negative where one of them is not kept.</summary>
    public Int128 FreeE8 => Int128.Min(EquityE8 - InitialE8, AboveFloorE8);
}
