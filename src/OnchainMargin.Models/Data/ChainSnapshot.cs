using OnchainMargin.Models.Surfaces;

namespace OnchainMargin.Models.Data;

/// <summary>One taking of an option chain.</summary>
/// <param name="Time">When it began, unix seconds.</param>
/// <param name="Quotes">All rows.</param>
public sealed record ChainSnapshot(long Time, IReadOnlyList<OptionQuote> Quotes);
