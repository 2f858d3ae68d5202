using OnchainMargin.Models.Volatility;

namespace OnchainMargin.Models.Data;

/// <summary>A bar of a price file.</summary>
/// <param name="Time">When it opened, unix seconds.</param>
/// <param name="Bar">Its prices.</param>
/// <param name="Volume">Units traded.</param>
public readonly record struct PriceBar(long Time, Bar Bar, double Volume);
