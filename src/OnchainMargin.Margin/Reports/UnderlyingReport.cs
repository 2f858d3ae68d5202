using System.Collections.Immutable;

namespace OnchainMargin.Margin;

/// <summary>Every term of one underlying, money E8 unless the name says otherwise; fields as in the referee's breakdown.</summary>
/// <param name="Underlying">The underlying.</param>
/// <param name="Group">Its risk group.</param>
/// <param name="WorstScenario">Index of the scenario of the largest loss, the first of equals.</param>
/// <param name="Scenario24E8">The largest loss at a scenario, 24ths.</param>
/// <param name="Between24E8">The largest loss between nodes, 24ths.</param>
/// <param name="Worst">Where the largest loss of all is.</param>
/// <param name="ShortMinimumE8">The short option minimum.</param>
/// <param name="Weighted24E8">N of every scenario: the profile of weighted profit and loss, 24ths.</param>
/// <param name="NetE8">Net delta in money.</param>
/// <param name="GrossE8">Gross delta in money.</param>
/// <param name="BasisE8">Basis charge.</param>
/// <param name="LiquidityE8">Liquidity charge.</param>
/// <param name="VegaE8">Vega charge.</param>
/// <param name="StaleE8">What stale surfaces add to initial margin and floor.</param>
/// <param name="RateE8">Rate charge.</param>
/// <param name="SpreadE8">Spread in initial margin.</param>
public sealed record UnderlyingReport(
    ushort Underlying,
    byte Group,
    int WorstScenario,
    Int128 Scenario24E8,
    Int128 Between24E8,
    Point Worst,
    Int128 ShortMinimumE8,
    ImmutableArray<Int128> Weighted24E8,
    Int128 NetE8,
    Int128 GrossE8,
    Int128 BasisE8,
    Int128 LiquidityE8,
    Int128 VegaE8,
    Int128 StaleE8,
    Int128 RateE8,
    Int128 SpreadE8);
