namespace OnchainMargin.Solver.Api;

/// <summary>Every term that adds up to an account's figures.</summary>
/// <param name="Figures">The figures.</param>
/// <param name="StandardMarginE8">What isolated accounts would need together.</param>
/// <param name="CollateralValueE8">Value of all collateral.</param>
/// <param name="HaircutE8">Haircuts of all collateral.</param>
/// <param name="Underlyings">Terms per underlying.</param>
/// <param name="Groups">Terms per risk group.</param>
internal sealed record BreakdownView(
    FiguresView Figures, string StandardMarginE8, string CollateralValueE8, string HaircutE8, IReadOnlyList<UnderlyingView> Underlyings, IReadOnlyList<GroupView> Groups);
