namespace OnchainMargin.Margin;

/// <summary>One holding: a signed size of an instrument and what it cost.</summary>
/// <param name="Instrument">The instrument.</param>
/// <param name="SizeE8">Signed size in units, not zero, at most 2⁵³ in magnitude.</param>
/// <param name="CostE8">Signed cost in money; a perpetual's is kept against price − cumulative funding, an option's is 0.</param>
[SpecRule("MRG-002")]
public readonly record struct Position(Instrument Instrument, long SizeE8, Int128 CostE8);
