namespace OnchainMargin.Models.Surfaces;

/// <summary>The jump-wing form of a slice (Gatheral and Jacquier, 2014): what traders see.</summary>
/// <param name="Years">Time to expiry.</param>
/// <param name="AtTheMoney">v, variance a year at the money.</param>
/// <param name="Skew">ψ, slope of volatility at the money, times the root of time.</param>
/// <param name="PutWing">p.</param>
/// <param name="CallWing">c.</param>
/// <param name="Least">ṽ, the least variance a year.</param>
public readonly record struct SviJumpWings(double Years, double AtTheMoney, double Skew, double PutWing, double CallWing, double Least)
{
    /// <summary>The same level, skew and put wing with the call wing and the least variance that make the slice free of butterfly arbitrage: <c>c* = p + 2ψ</c>, <c>ṽ* = 4v·p·c*/(p + c*)²</c>.</summary>
    public SviJumpWings WithoutButterflies()
    {
        var c = Math.Max(PutWing + (2 * Skew), 0);
        var sum = PutWing + c;
        return this with { CallWing = c, Least = sum > 0 ? 4 * AtTheMoney * PutWing * c / (sum * sum) : AtTheMoney };
    }

    /// <summary>The raw form.</summary>
    public SviSlice ToRaw()
    {
        var w = AtTheMoney * Years;
        var root = Math.Sqrt(w);
        var b = root * (CallWing + PutWing) / 2;
        if (!(b > 0))
        {
            return SviSlice.Flat(w);
        }

        var rho = Math.Clamp(1 - (PutWing * root / b), -1, 1);
        var beta = Math.Clamp(rho - (2 * Skew * root / b), -1, 1);
        var bottom = Math.Sqrt(1 - (rho * rho));
        double m = 0, sigma;
        if (Math.Abs(beta) < 1e-12)
        {
            sigma = (AtTheMoney - Least) * Years / (b * (1 - bottom));
        }
        else
        {
            var alpha = Math.Sign(beta) * Math.Sqrt((1 / (beta * beta)) - 1);
            m = (AtTheMoney - Least) * Years / (b * (-rho + (Math.Sign(alpha) * Math.Sqrt(1 + (alpha * alpha))) - (alpha * bottom)));
            sigma = alpha * m;
        }

        return new SviSlice((Least * Years) - (b * sigma * bottom), b, rho, m, sigma);
    }
}
