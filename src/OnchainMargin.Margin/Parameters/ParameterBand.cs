namespace OnchainMargin.Margin;

/// <summary>Where governance lets attesters move one parameter, and how fast. Speeds are parts of the parameter's own value, E8; tightening is what asks for more margin.</summary>
/// <param name="LeastE8">Least value.</param>
/// <param name="MostE8">Largest value.</param>
/// <param name="TightenPerHourE8">Tightening by the hour.</param>
/// <param name="TightenPerDayE8">Tightening by the day.</param>
/// <param name="LoosenPerHourE8">Loosening by the hour.</param>
/// <param name="LoosenPerDayE8">Loosening by the day.</param>
public readonly record struct ParameterBand(ulong LeastE8, ulong MostE8, uint TightenPerHourE8, uint TightenPerDayE8, uint LoosenPerHourE8, uint LoosenPerDayE8);
