namespace OnchainMargin.Models.Policy;

/// <summary>What is known of a market at the end of an hour.</summary>
/// <param name="Time">Unix seconds.</param>
/// <param name="Close">The last spot.</param>
/// <param name="Volume">Units traded in the hour; null where nobody counts them.</param>
/// <param name="Premium">The perpetual's mark over spot, less 1; null where there is none.</param>
/// <param name="Expiries">Surfaces in force with their live forwards; empty where there are none.</param>
public readonly record struct MarketHour(long Time, double Close, double? Volume, double? Premium, IReadOnlyList<ExpirySurface> Expiries);
