namespace OnchainMargin.Solver.Api;

/// <summary>A position.</summary>
/// <param name="Instrument">The instrument's 96 bits as a number.</param>
/// <param name="Name">Its name.</param>
/// <param name="Underlying">Its underlying.</param>
/// <param name="Kind">What it is.</param>
/// <param name="ExpirySeconds">When it expires; 0 for a perpetual.</param>
/// <param name="StrikeE4">Its strike; 0 unless an option.</param>
/// <param name="SizeE8">Signed size.</param>
/// <param name="CostE8">Signed cost.</param>
/// <param name="MarkE8">Its mark; null while the market does not hold it.</param>
/// <param name="GainE8">Profit or loss since entry with funding; for an option, its value.</param>
/// <param name="EntryE8">The price at which it would break even, funding included; null for options.</param>
internal sealed record PositionView(
    string Instrument, string Name, string Underlying, string Kind, string ExpirySeconds, string StrikeE4, string SizeE8, string CostE8, string? MarkE8, string? GainE8, string? EntryE8);
