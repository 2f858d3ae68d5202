namespace OnchainMargin.Models.Surfaces;

/// <summary>One expiry of a fitted surface and how well it fits.</summary>
public sealed record FittedExpiry
{
    /// <summary>Unix seconds.</summary>
    public required long Expiry { get; init; }

    /// <summary>Time to it.</summary>
    public required double Years { get; init; }

    /// <summary>The forward that the strikes are measured against.</summary>
    public required double Forward { get; init; }

    /// <summary>The slice, free of butterfly and calendar arbitrage.</summary>
    public required SviSlice Slice { get; init; }

    /// <summary>The slice before the projection.</summary>
    public required SviSlice Raw { get; init; }

    /// <summary>The strikes that it was fitted to.</summary>
    public required IReadOnlyList<SmilePoint> Points { get; init; }

    /// <summary>Whether the slice had no butterflies before the projection.</summary>
    public required bool RawFreeOfButterflies { get; init; }

    /// <summary>Whether it did not cross the expiry before it before the projection.</summary>
    public required bool RawFreeOfCalendars { get; init; }

    /// <summary>Root of the mean squared distance to the middle of the quotes, in volatility; strikes weigh by vega.</summary>
    public double RmsByVega => Rms(Slice, weighted: true);

    /// <summary>The same before the projection.</summary>
    public double RawRmsByVega => Rms(Raw, weighted: true);

    /// <summary>The same with every strike alike.</summary>
    public double RmsPlain => Rms(Slice, weighted: false);

    /// <summary>Strikes whose fitted volatility lies inside bid and ask, widened by so much volatility on both sides.</summary>
    public int Inside(double widened) => Points.Count(p => Slice.Volatility(p.K, Years) is var v && v >= p.Bid - widened && v <= p.Ask + widened);

    private double Rms(SviSlice slice, bool weighted)
    {
        double sum = 0, weights = 0;
        foreach (var p in Points)
        {
            var error = slice.Volatility(p.K, Years) - p.Mid;
            var weight = weighted ? Black76.Vega(1, Math.Exp(p.K), Math.Max(p.Mid * Math.Sqrt(Years), 1e-9)) : 1;
            sum += weight * error * error;
            weights += weight;
        }

        return weights > 0 ? Math.Sqrt(sum / weights) : 0;
    }
}
