namespace OnchainMargin.Models.Surfaces;

/// <summary>What a slice must not do: be a butterfly anywhere, or fall under the expiry before it.</summary>
/// <param name="earlier">The expiry before, or null.</param>
/// <param name="grid">Where the two are compared.</param>
internal sealed class SviLimits(SviSlice? earlier, double[] grid)
{
    private const int Points = 45;
    private const int InnerPoints = 13;
    private const double Margin = 1e-3;

    /// <summary>How much it does so: 0 when not at all.</summary>
    internal double Violation(SviSlice slice)
    {
        double sum = slice.Least > 0 ? 0 : 1;
        for (var i = 0; i < Points; i++)
        {
            sum += Lack(slice, SviSlice.Widest * ((2.0 * i / (Points - 1)) - 1));
        }

        for (var i = 0; i < InnerPoints; i++)
        {
            sum += Lack(slice, slice.M + (4 * slice.Sigma * ((2.0 * i / (InnerPoints - 1)) - 1)));
        }

        if (earlier is { } before)
        {
            foreach (var k in grid)
            {
                var least = before.TotalVariance(k);
                sum += Math.Max(0, (least * (1 + Margin)) - slice.TotalVariance(k)) / least;
            }
        }

        return sum;
    }

    private static double Lack(SviSlice slice, double k)
    {
        var density = slice.Density(k);
        return density >= Margin ? 0 : double.IsNaN(density) ? 1 : Math.Min(Margin - density, 10);
    }
}
