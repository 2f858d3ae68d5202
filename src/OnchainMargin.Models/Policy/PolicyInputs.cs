namespace OnchainMargin.Models.Policy;

/// <summary>What a decision rests on, all of it known at its time. Moves are of the horizon, as parts of the price.</summary>
/// <param name="Time">Unix seconds.</param>
/// <param name="Filtered">The move at the coverage by filtered history, from today's variance.</param>
/// <param name="Slow">The same from the variance of the last months.</param>
/// <param name="Floor">The quantile of the long look-back.</param>
/// <param name="Stressed">The quantile of the worst period seen.</param>
/// <param name="StressChance">The chance that the present regime is the stressed one.</param>
/// <param name="VolMove">The relative move of volatility at the coverage.</param>
/// <param name="DailyVolume">Units traded a day, lately.</param>
public readonly record struct PolicyInputs(
    long Time, double Filtered, double Slow, double Floor, double Stressed, double StressChance, double VolMove, double DailyVolume);
