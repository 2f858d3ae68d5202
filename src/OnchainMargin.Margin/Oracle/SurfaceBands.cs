namespace OnchainMargin.Margin;

/// <summary>What governance lets surfaces do: speeds and bands of ORC-012 and ORC-014.</summary>
/// <param name="VolStepE8">The part of itself by which a volatility may move in an hour at κ = 1, E8.</param>
/// <param name="ForwardStepE8">By how much forward over spot may move in an hour, E8.</param>
/// <param name="ForwardBandE8">How far it may lie from one, E8.</param>
/// <param name="ForwardBandYearE8">How much farther for each year to expiry, E8.</param>
/// <param name="VolMinE8">Least volatility at the forward, E8 a year.</param>
/// <param name="VolMaxE8">Largest.</param>
public readonly record struct SurfaceBands(uint VolStepE8, uint ForwardStepE8, uint ForwardBandE8, uint ForwardBandYearE8, uint VolMinE8, uint VolMaxE8);
