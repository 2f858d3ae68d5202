namespace OnchainMargin.Models.Policy;

/// <summary>What is known of the moves that a charge is to hold.</summary>
/// <param name="Recent">The largest of the last week.</param>
/// <param name="Floor">The quantile of the long look-back.</param>
/// <param name="Stressed">The quantile of the worst period seen.</param>
public readonly record struct ChargeInputs(double Recent, double Floor, double Stressed);
