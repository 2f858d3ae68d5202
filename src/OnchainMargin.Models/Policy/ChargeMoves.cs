using OnchainMargin.Models.Surfaces;

namespace OnchainMargin.Models.Policy;

/// <summary>What the basis and the vega charge would have had to be between two moments of a market, from what is recorded of both: the definitions of docs/architecture.md's add-ons solved for the charge.</summary>
public static class ChargeMoves
{
    private const double YearSeconds = 365 * 86_400.0;
    private const long WeekSeconds = 7 * 86_400;

    /// <summary>Where the vega of a wing lies, in deviations of the expiry from its forward.</summary>
    private const double Wing = 0.5;

    /// <summary>
    /// The least basis charge that holds one unit of any bucket against one of spot. A bucket is charged <c>½·(charge + max(charge, basisRate·τ))</c> with its opposite, τ in years: a distance from spot that
    /// moves by d asks for d where d is over basisRate·τ, else for <c>2·d − basisRate·τ</c>. The distance of a perpetual is its premium (τ = 0), that of an expiry <c>F/S − 1</c>.
    /// </summary>
    /// <param name="then">The earlier moment.</param>
    /// <param name="now">The later one.</param>
    /// <param name="basisRate">The part of the charge that grows with time to expiry, a year.</param>
    /// <returns>The charge, of the price; null when neither a perpetual nor an expiry is known at both.</returns>
    public static double? Basis(in MarketHour then, in MarketHour now, double basisRate)
    {
        double? most = then.Premium is { } before && now.Premium is { } after ? Math.Abs(after - before) : null;
        foreach (ExpirySurface earlier in then.Expiries)
        {
            if (Find(now, earlier.Expiry) is { } later)
            {
                var move = Math.Abs((later.Surface.ForwardE8 / now.Close) - (earlier.Surface.ForwardE8 / then.Close)) / 1e8;
                var growing = basisRate * (earlier.Expiry - then.Time) / YearSeconds;
                most = Math.Max(most ?? 0, move >= growing ? move : Math.Max(0, (2 * move) - growing));
            }
        }

        return most;
    }

    /// <summary>
    /// What a wing's volatility moves beside the common move of all of them, of itself and of κ(τ), as the root of the mean square over wings: over the volatility range it is the vega charge that holds one such wing.
    /// Both wings of each expiry are looked at on the strikes half a deviation below and above the earlier forward, as somebody who holds them sees it. Expiries that end up with less than a week are left out:
    /// what they have of vega is small, and their gaps are MRG-032's.
    /// </summary>
    /// <returns>The move; null when fewer than two expiries are known at both moments.</returns>
    public static double? Vega(in MarketHour then, in MarketHour now)
    {
        var moves = new List<double>();
        foreach (ExpirySurface earlier in then.Expiries)
        {
            if (earlier.Expiry < now.Time + WeekSeconds || Find(now, earlier.Expiry) is not { } later)
            {
                continue;
            }

            var tau = earlier.Expiry - then.Time;
            var kappa = OnchainMargin.Margin.Volatility.Kappa(tau) / 1e8;
            var years = tau / YearSeconds;
            var deviation = SviSlice.VolatilityOf(earlier.Surface, earlier.Surface.ForwardE8) * Math.Sqrt(years);
            foreach (var side in (ReadOnlySpan<double>)[-Wing, Wing])
            {
                var strikeE8 = earlier.Surface.ForwardE8 * Math.Exp(side * deviation);
                moves.Add(((SviSlice.VolatilityOf(later.Surface, strikeE8) / SviSlice.VolatilityOf(earlier.Surface, strikeE8)) - 1) / kappa);
            }
        }

        if (moves.Count < 4)
        {
            return null;
        }

        var common = moves.Average();
        return Math.Sqrt(moves.Average(move => (move - common) * (move - common)));
    }

    /// <summary>The same expiry later, unless it has expired by then.</summary>
    private static ExpirySurface? Find(in MarketHour hour, long expiry)
    {
        foreach (ExpirySurface one in hour.Expiries)
        {
            if (one.Expiry == expiry && expiry > hour.Time)
            {
                return one;
            }
        }

        return null;
    }
}
