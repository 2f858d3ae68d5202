using OnchainMargin.Margin;

namespace OnchainMargin.Models.Surfaces;

/// <summary>One expiry of a surface, raw SVI in total variance (Gatheral, 2004): <c>w(k) = a + b·(ρ·(k − m) + √((k − m)² + σ²))</c>, k the logarithm of strike over forward.</summary>
/// <param name="A">Level.</param>
/// <param name="B">Slope of the wings, not negative.</param>
/// <param name="Rho">Skew, −1 to 1.</param>
/// <param name="M">Place of the minimum, if there is no skew.</param>
/// <param name="Sigma">Curvature at the minimum, positive.</param>
public readonly record struct SviSlice(double A, double B, double Rho, double M, double Sigma)
{
    /// <summary>Logarithms of strike over forward within which butterflies are looked for: what may be listed lies within ±ln 8.</summary>
    public const double Widest = 2.2;

    private const double E8 = 1e8;
    private const double E12 = 1e12;

    /// <summary>The least variance a year (MRG-022).</summary>
    private const double VarianceLeast = 1e-6;

    private const int Points = 221;
    private const int InnerPoints = 81;

    /// <summary>A smile that is none.</summary>
    public static SviSlice Flat(double totalVariance) => new(totalVariance, 0, 0, 0, 1);

    /// <summary>The slice of a surface of a checkpoint, whose numbers are of a year: its total variance is that of a year.</summary>
    public static SviSlice Of(in Surface surface) => new(surface.AE12 / E12, surface.BE12 / E12, surface.RhoE8 / E8, surface.ME8 / E8, surface.SigmaE8 / E8);

    /// <summary>Volatility a year that a surface of a checkpoint has at a strike (MRG-022 in doubles).</summary>
    public static double VolatilityOf(in Surface surface, double strikeE8) => Math.Sqrt(Math.Max(Of(surface).TotalVariance(Math.Log(strikeE8 / surface.PublishedForwardE8)), VarianceLeast));

    /// <summary>A slice on the way from one to another. In b, bρ, bm, bσ and a − bρm total variance is convex, so that mixed in these it lies nowhere above the straight line; it is lifted to lie on it at the forward.</summary>
    /// <param name="from">The slice at 0.</param>
    /// <param name="to">The slice at 1.</param>
    /// <param name="part">How much of the way.</param>
    public static SviSlice Between(in SviSlice from, in SviSlice to, double part)
    {
        double Mix(double one, double other) => one + (part * (other - one));
        double atForward = Mix(from.TotalVariance(0), to.TotalVariance(0)), b = Mix(from.B, to.B);
        if (!(b > 0))
        {
            return Flat(atForward);
        }

        var mixed = new SviSlice(0, b, Mix(from.B * from.Rho, to.B * to.Rho) / b, Mix(from.B * from.M, to.B * to.M) / b, Mix(from.B * from.Sigma, to.B * to.Sigma) / b);
        return mixed with { A = atForward - mixed.TotalVariance(0) };
    }

    /// <summary>Total variance, w(k).</summary>
    public double TotalVariance(double k)
    {
        var y = k - M;
        return A + (B * ((Rho * y) + Math.Sqrt((y * y) + (Sigma * Sigma))));
    }

    /// <summary>Volatility a year.</summary>
    public double Volatility(double k, double years) => Math.Sqrt(Math.Max(TotalVariance(k), 0) / years);

    /// <summary>The least total variance of all k.</summary>
    public double Least => A + (B * Sigma * Math.Sqrt(1 - (Rho * Rho)));

    /// <summary>Durrleman's g(k): the density of the price is g times something positive, so a negative value is a butterfly that pays and costs nothing.</summary>
    public double Density(double k)
    {
        var y = k - M;
        var root = Math.Sqrt((y * y) + (Sigma * Sigma));
        var w = A + (B * ((Rho * y) + root));
        var slope = B * (Rho + (y / root));
        var curve = B * Sigma * Sigma / (root * root * root);
        var first = 1 - (k * slope / (2 * w));
        return (first * first) - (slope * slope / 4 * ((1 / w) + 0.25)) + (curve / 2);
    }

    /// <summary>Whether the slice is positive, within Lee's bound of the wings, and g is nowhere negative on a grid of 302 points, closer together round the bend.</summary>
    public bool IsFreeOfButterflies
    {
        get
        {
            if (!(Least > 0 && B * (1 + Math.Abs(Rho)) < 2 && Sigma > 0))
            {
                return false;
            }

            for (var i = 0; i < Points; i++)
            {
                if (!(Density(Widest * ((2.0 * i / (Points - 1)) - 1)) >= 0))
                {
                    return false;
                }
            }

            for (var i = 0; i < InnerPoints; i++)
            {
                var k = M + (4 * Sigma * ((2.0 * i / (InnerPoints - 1)) - 1));
                if (Math.Abs(k) <= Widest && !(Density(k) >= 0))
                {
                    return false;
                }
            }

            return true;
        }
    }

    /// <summary>The jump-wing form.</summary>
    public SviJumpWings ToJumpWings(double years)
    {
        var root = Math.Sqrt((M * M) + (Sigma * Sigma));
        var w = A + (B * ((-Rho * M) + root));
        var deviation = Math.Sqrt(w);
        return new SviJumpWings(years, w / years, B / (2 * deviation) * (Rho - (M / root)), B * (1 - Rho) / deviation, B * (1 + Rho) / deviation, Least / years);
    }
}
