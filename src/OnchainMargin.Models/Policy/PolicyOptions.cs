namespace OnchainMargin.Models.Policy;

/// <summary>How a policy turns forecasts into parameters.</summary>
public sealed record PolicyOptions
{
    /// <summary>The name that the command line and reports use.</summary>
    public string Name { get; init; } = "adaptive";

    /// <summary>Coverage of the move over the horizon that the range is to hold.</summary>
    public double Coverage { get; init; } = 0.997;

    /// <summary>The horizon.</summary>
    public int HorizonHours { get; init; } = 24;

    /// <summary>The long look-back below whose quantile the range never goes: ten years, or all there is.</summary>
    public int LookBackHours { get; init; } = 10 * 365 * 24;

    /// <summary>The quantile of the long look-back.</summary>
    public double FloorCoverage { get; init; } = 0.99;

    /// <summary>Weight of the worst period seen, a quarter as European clearing houses have it.</summary>
    public double StressWeight { get; init; } = 0.25;

    /// <summary>Length of the worst period.</summary>
    public int StressHours { get; init; } = 90 * 24;

    /// <summary>The buffer of calm times that is spent in stress, a quarter.</summary>
    public double Buffer { get; init; } = 0.25;

    /// <summary>The most that a parameter rises in an hour, of itself: the chain's <c>tightenPerHourE8</c>. Depth falls so much: less of it asks for more margin.</summary>
    public double RisePerHour { get; init; } = 0.05;

    /// <summary>The most that it falls in an hour.</summary>
    public double FallPerHour { get; init; } = 0.001;

    /// <summary>The most that a parameter rises in a day, of what it began the day with: as on chain.</summary>
    public double RisePerDay { get; init; } = 0.25;

    /// <summary>The most that it falls in a day.</summary>
    public double FallPerDay { get; init; } = 0.02;

    /// <summary>The part of a day's volume that a market takes at <see cref="DepthSlippage"/>, at most.</summary>
    public double DepthOfVolume { get; init; } = 0.02;

    /// <summary>The slippage that depth is measured at: the specification's 1 %.</summary>
    public double DepthSlippage { get; init; } = 0.01;

    /// <summary>The part of the basis charge that grows with time to expiry, a year, as the specification has it.</summary>
    public double BasisRate { get; init; } = 0.075;

    /// <summary>Changes smaller than this, of the parameter, are not worth a transaction.</summary>
    public double Hysteresis { get; init; } = 0.01;

    /// <summary>The chance of stress above which nothing is lowered.</summary>
    public double HoldAbove { get; init; } = 0.5;
}
