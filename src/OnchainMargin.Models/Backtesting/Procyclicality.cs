namespace OnchainMargin.Models.Backtesting;

/// <summary>How a requirement moved through the history.</summary>
/// <param name="PeakToTrough">Its largest value over its smallest.</param>
/// <param name="RiseOneDay">Largest rise in a day, of itself.</param>
/// <param name="RiseFiveDays">In five days.</param>
/// <param name="RiseThirtyDays">In thirty.</param>
public readonly record struct Procyclicality(double PeakToTrough, double RiseOneDay, double RiseFiveDays, double RiseThirtyDays);
