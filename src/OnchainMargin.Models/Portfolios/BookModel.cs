using MathNet.Numerics.LinearAlgebra;
using OnchainMargin.Margin;
using OnchainMargin.Models.Simulation;
using OnchainMargin.Models.Surfaces;

namespace OnchainMargin.Models.Portfolios;

/// <summary>A <see cref="MarketModel"/> when there is no history: what the surfaces of a checkpoint imply.</summary>
public static class BookModel
{
    /// <summary>The correlation that is taken for crypto assets.</summary>
    public const double Correlation = 0.8;

    /// <summary>The volatility of an underlying without surfaces.</summary>
    public const double Volatility = 0.8;

    private const long WeekSeconds = 7 * 86_400;

    /// <summary>Volatility at the money of the first expiry a week or more away, else of the last; one correlation for all, moved a part of the way towards one.</summary>
    /// <param name="checkpoint">The checkpoint; markets are its underlyings in order.</param>
    /// <param name="stress">The part of the way.</param>
    public static MarketModel Of(Checkpoint checkpoint, double stress = 0)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        var volatilities = checkpoint.Underlyings.Select(u =>
            (u.Expiries.FirstOrDefault(e => e.Expiry >= checkpoint.Header.Time + WeekSeconds) ?? u.Expiries.LastOrDefault()) is { } expiry ? SviSlice.VolatilityOf(expiry.Present, expiry.Present.PublishedForwardE8) : Volatility).ToArray();
        var correlation = Correlation + (stress * (1 - Correlation));
        return new MarketModel { Volatilities = volatilities, Correlation = Matrix<double>.Build.Dense(volatilities.Length, volatilities.Length, (i, j) => i == j ? 1 : correlation) };
    }
}
