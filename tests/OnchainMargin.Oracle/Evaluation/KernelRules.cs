using System.Numerics;
using static OnchainMargin.Oracle.Integers;

namespace OnchainMargin.Oracle;

/// <summary>Rules MRG-020 to MRG-025 and MRG-027.</summary>
public static class KernelRules
{
    /// <summary>MRG-021: ln(n/d) in Q32.</summary>
    public static BigInteger Ln(BigInteger n, BigInteger d)
    {
        BigInteger r = BigInteger.Max(1, Floor(n << 64, d));
        int h = (int)r.GetBitLength() - 1;
        int e = h - 64;
        BigInteger m = h >= 62 ? r >> (h - 62) : r << (62 - h);
        BigInteger z = Floor((m - Two(62)) << 44, m + Two(62));
        BigInteger u = (z * z) >> 44;
        IReadOnlyList<BigInteger> c = SpecConstants.LnCoefficients;
        BigInteger p = c[7];
        for (int i = 6; i >= 0; i--)
        {
            p = c[i] + ((p * u) >> 44);
        }

        return ((e * SpecConstants.Ln2Q88) + (z * p)) >> 56;
    }

    /// <summary>MRG-022 step 1: the unclamped log-moneyness against the published forward.</summary>
    public static BigInteger LogStrike(BigInteger strikeE8, Surface surface) => Ln(strikeE8, surface.PublishedForwardE8);

    /// <summary>MRG-022: the volatility of a strike in Q32.</summary>
    public static BigInteger Volatility(BigInteger kRaw, Surface surface)
    {
        BigInteger k = Clamp(kRaw, -6 * Two(32), 6 * Two(32));
        BigInteger mQ = Floor(surface.ME8 << 32, SpecConstants.One);
        BigInteger sQ = Floor(surface.SigmaE8 << 32, SpecConstants.One);
        BigInteger y = k - mQ;
        BigInteger root = Root((y * y) + (sQ * sQ));
        BigInteger inner = BigInteger.Max(0, Floor(surface.RhoE8 * y, SpecConstants.One) + root);
        BigInteger v = Floor(surface.AE12 << 64, SpecConstants.OneE12) + Floor((surface.BE12 * inner) << 32, SpecConstants.OneE12);
        return Root(Clamp(v, Floor(Two(64), 1_000_000), Two(72)));
    }

    /// <summary>MRG-023: κ(τ) in E8.</summary>
    public static BigInteger Kappa(BigInteger tau)
    {
        IReadOnlyList<(BigInteger Seconds, BigInteger KappaE8)> knots = SpecConstants.Kappa;
        if (tau <= knots[0].Seconds)
        {
            return knots[0].KappaE8;
        }

        for (int i = 1; i < knots.Count; i++)
        {
            if (tau < knots[i].Seconds)
            {
                (BigInteger t0, BigInteger k0) = knots[i - 1];
                (BigInteger t1, BigInteger k1) = knots[i];
                return k0 - Floor((k0 - k1) * (tau - t0), t1 - t0);
            }
        }

        return knots[^1].KappaE8;
    }

    /// <summary>MRG-023: the volatility at a shock.</summary>
    public static BigInteger Shocked(BigInteger volQ32, BigInteger kappaE8, RiskParameters parameters, int v)
    {
        BigInteger shift = Floor(parameters.VolRangeE8 * kappaE8, SpecConstants.One);
        return v switch
        {
            -1 => Floor(volQ32 * BigInteger.Max(SpecConstants.One - shift, 5_000_000), SpecConstants.One),
            0 => volQ32,
            _ => BigInteger.Max(Floor(volQ32 * (SpecConstants.One + shift), SpecConstants.One), Floor(parameters.VolUpFloorE8 << 32, SpecConstants.One)),
        };
    }

    /// <summary>MRG-024: 160·√τ in Q40.</summary>
    public static BigInteger RootTau(BigInteger tau) => Root(Floor((tau * 25_600) << 80, SpecConstants.Year));

    /// <summary>MRG-024: σ√τ in cells, Q28.</summary>
    public static BigInteger Deviation(BigInteger volQ32, BigInteger rootTau) => Clamp(((volQ32 * rootTau) + Two(43)) >> 44, 2_560, 160 * Two(31));

    /// <summary>MRG-024: the reciprocal.</summary>
    public static BigInteger Inverse(BigInteger deviation) => Floor(25_600 * Two(44), deviation);

    /// <summary>MRG-025: the normal distribution in Q60.</summary>
    public static BigInteger Normal(BigInteger d)
    {
        if (d < 0)
        {
            return 0;
        }

        if (d >= 1944 * Two(28))
        {
            return Two(60);
        }

        int i = (int)(d >> 28);
        BigInteger t = d & (Two(28) - 1);
        BigInteger w = SpecConstants.Cells[i];
        BigInteger c2 = w & 0xFFFF;
        c2 = c2 >= 0x8000 ? c2 - 0x10000 : c2;
        BigInteger c1 = w & (Two(52) - 1);
        return (w + (t * (c1 + (t * c2)))) >> 28;
    }

    /// <summary>MRG-027: exp(−rate·τ) in E12.</summary>
    public static BigInteger Discount(BigInteger rateE12, BigInteger tau)
    {
        BigInteger y = BigInteger.Min(Floor((rateE12 * tau) << 60, SpecConstants.OneE12 * SpecConstants.Year), 4 * Two(60));
        BigInteger x = y >> 4;
        BigInteger t = Two(60);
        BigInteger sum = Two(60);
        for (int i = 1; i <= 12; i++)
        {
            t = Floor(t * x, i * Two(60));
            sum += i % 2 == 1 ? -t : t;
        }

        for (int i = 0; i < 4; i++)
        {
            sum = (sum * sum) >> 60;
        }

        return BigInteger.Max(1, Near(sum * SpecConstants.OneE12, Two(60)));
    }
}
