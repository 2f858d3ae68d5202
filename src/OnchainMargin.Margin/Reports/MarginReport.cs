using System.Collections.Immutable;

namespace OnchainMargin.Margin;

/// <summary>Everything that adds up to the figures of an account, with what isolated accounts would need and the Greeks.</summary>
/// <param name="Figures">The figures.</param>
/// <param name="StandardE8">Standard margin.</param>
/// <param name="CollateralValueE8">Value of all collateral.</param>
/// <param name="HaircutE8">Haircuts of all collateral.</param>
/// <param name="Collaterals">Each collateral.</param>
/// <param name="Underlyings">Terms per underlying, ascending.</param>
/// <param name="Groups">Terms per risk group, ascending.</param>
/// <param name="Greeks">Greeks per underlying and expiry, ascending.</param>
/// <param name="Worst">What binds, or null for an account without positions and spot collateral.</param>
public sealed record MarginReport(
    AccountFigures Figures,
    Int128 StandardE8,
    Int128 CollateralValueE8,
    Int128 HaircutE8,
    ImmutableArray<CollateralReport> Collaterals,
    ImmutableArray<UnderlyingReport> Underlyings,
    ImmutableArray<GroupReport> Groups,
    ImmutableArray<Greeks> Greeks,
    WorstCase? Worst);
