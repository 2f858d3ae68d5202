namespace OnchainMargin.Solver.Api;

/// <summary>The terms of one underlying of an account.</summary>
/// <param name="Underlying">Its number.</param>
/// <param name="Group">Its risk group.</param>
/// <param name="WorstScenario">The index of the scenario of the largest loss (MRG-030).</param>
/// <param name="Weighted24E8">The weighted result of each of the 37 scenarios, in 24ths.</param>
/// <param name="BasisE8">Basis charge.</param>
/// <param name="LiquidityE8">Liquidity charge.</param>
/// <param name="VegaE8">Vega charge.</param>
/// <param name="RateE8">Rate charge.</param>
/// <param name="NetE8">Net delta in money.</param>
/// <param name="GrossE8">Gross delta in money.</param>
internal sealed record UnderlyingView(
    string Underlying, string Group, int WorstScenario, IReadOnlyList<string> Weighted24E8, string BasisE8, string LiquidityE8, string VegaE8, string RateE8, string NetE8, string GrossE8);
