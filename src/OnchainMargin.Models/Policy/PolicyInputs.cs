namespace OnchainMargin.Models.Policy;

/// <summary>What a decision rests on, all of it known at its time. Moves are of the horizon; of the price as parts of it.</summary>
/// <param name="Time">Unix seconds.</param>
/// <param name="Filtered">The move at the coverage by filtered history, from today's variance.</param>
/// <param name="Slow">The same from the variance of the last months.</param>
/// <param name="Floor">The quantile of the long look-back.</param>
/// <param name="Stressed">The quantile of the worst period seen.</param>
/// <param name="StressChance">The chance that the present regime is the stressed one.</param>
/// <param name="VolMove">The relative move of volatility at the coverage.</param>
/// <param name="Deviation">The standard deviation of the move, the larger of today's and that of the last months.</param>
/// <param name="DailyVolume">Units traded a day, the smaller of the last two days' and the last month's mean; null where nobody counts them.</param>
/// <param name="Basis">Moves of the distance from spot as <see cref="ChargeMoves.Basis"/> has them; null until ten days of them are known.</param>
/// <param name="Vega">Moves of volatility that the common one leaves over, as <see cref="ChargeMoves.Vega"/> has them; null until ten days of them are known.</param>
public readonly record struct PolicyInputs(
    long Time, double Filtered, double Slow, double Floor, double Stressed, double StressChance, double VolMove, double Deviation, double? DailyVolume, ChargeInputs? Basis, ChargeInputs? Vega);
