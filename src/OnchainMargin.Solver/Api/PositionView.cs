namespace OnchainMargin.Solver.Api;

/// <summary>A position.</summary>
/// <param name="Instrument">The instrument's 96 bits as a number.</param>
/// <param name="Underlying">Its underlying.</param>
/// <param name="Kind">What it is.</param>
/// <param name="ExpirySeconds">When it expires; 0 for a perpetual.</param>
/// <param name="StrikeE4">Its strike; 0 unless an option.</param>
/// <param name="SizeE8">Signed size.</param>
/// <param name="CostE8">Signed cost.</param>
internal sealed record PositionView(string Instrument, string Underlying, string Kind, string ExpirySeconds, string StrikeE4, string SizeE8, string CostE8);
