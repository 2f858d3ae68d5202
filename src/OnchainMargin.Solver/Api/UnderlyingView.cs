namespace OnchainMargin.Solver.Api;

/// <summary>The terms of one underlying of an account.</summary>
/// <param name="Underlying">Its number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Group">Its risk group.</param>
/// <param name="WorstScenario">The index of the scenario of the largest loss (MRG-030).</param>
/// <param name="WorstLabel">That scenario in words.</param>
/// <param name="LossE8">The largest loss of this underlying alone.</param>
/// <param name="Weighted24E8">The weighted result of each of the 37 scenarios, in 24ths.</param>
/// <param name="ShortMinimumE8">The least requirement for short options.</param>
/// <param name="BasisE8">Basis charge.</param>
/// <param name="LiquidityE8">Liquidity charge.</param>
/// <param name="VegaE8">Vega charge.</param>
/// <param name="StaleE8">What stale surfaces add to initial margin.</param>
/// <param name="RateE8">Rate charge.</param>
/// <param name="SpreadE8">Spread in initial margin.</param>
/// <param name="NetE8">Net delta in money.</param>
/// <param name="GrossE8">Gross delta in money.</param>
internal sealed record UnderlyingView(
    string Underlying, string Name, string Group, int WorstScenario, string WorstLabel, string LossE8, IReadOnlyList<string> Weighted24E8, string ShortMinimumE8, string BasisE8, string LiquidityE8, string VegaE8, string StaleE8, string RateE8, string SpreadE8, string NetE8, string GrossE8);
