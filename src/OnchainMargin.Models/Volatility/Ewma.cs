namespace OnchainMargin.Models.Volatility;

/// <summary>Exponentially weighted variance: <c>v' = λ·v + (1 − λ)·r²</c>, r the return of the period just over (RiskMetrics, 1996).</summary>
public static class Ewma
{
    /// <summary>The variance forecast for the next period.</summary>
    /// <param name="variance">The forecast for the period just over, not negative.</param>
    /// <param name="periodReturn">Its return.</param>
    /// <param name="decay">λ, in (0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">λ outside (0, 1), or a negative variance.</exception>
    public static double Next(double variance, double periodReturn, double decay)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(variance);
        if (!(decay > 0 && decay < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(decay), decay, "the decay of an exponentially weighted variance lies between 0 and 1");
        }

        return (decay * variance) + ((1 - decay) * periodReturn * periodReturn);
    }
}
