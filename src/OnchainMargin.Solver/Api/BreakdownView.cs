namespace OnchainMargin.Solver.Api;

/// <summary>Every term that adds up to an account's figures.</summary>
/// <param name="Figures">The figures.</param>
/// <param name="FreeE8">What trades may still take: equity above the initial margin, or floor equity above the floor where that is less, at the surfaces that are worse for the account and without tokens of halted markets. Below 0 only reductions are taken.</param>
/// <param name="AboveFloorE8">Floor equity above the floor, of the same; where it equals <paramref name="FreeE8"/> the floor binds.</param>
/// <param name="Reason">Why no position can grow whatever is free, in a sentence: an auction, a pause, a halted market, a settlement price that is not fixed; null where margin decides.</param>
/// <param name="StandardMarginE8">What isolated accounts would need together.</param>
/// <param name="SavingE8">What holding everything in one account saves of that; negative when charges outweigh netting.</param>
/// <param name="CollateralValueE8">Value of all collateral.</param>
/// <param name="HaircutE8">Haircuts of all collateral.</param>
/// <param name="Worst">What binds, in words.</param>
/// <param name="Underlyings">Terms per underlying.</param>
/// <param name="Groups">Terms per risk group.</param>
/// <param name="Collaterals">Each collateral.</param>
/// <param name="Greeks">Sensitivities per underlying and expiry.</param>
/// <param name="Scenarios">The 37 scenarios, all underlyings together.</param>
internal sealed record BreakdownView(
    FiguresView Figures,
    string FreeE8,
    string AboveFloorE8,
    string? Reason,
    string StandardMarginE8,
    string SavingE8,
    string CollateralValueE8,
    string HaircutE8,
    string Worst,
    IReadOnlyList<UnderlyingView> Underlyings,
    IReadOnlyList<GroupView> Groups,
    IReadOnlyList<CollateralView> Collaterals,
    IReadOnlyList<GreeksView> Greeks,
    IReadOnlyList<ScenarioView> Scenarios);
