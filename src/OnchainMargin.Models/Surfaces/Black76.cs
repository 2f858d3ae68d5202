using MathNet.Numerics;

namespace OnchainMargin.Models.Surfaces;

/// <summary>Black (1976) in doubles: undiscounted option values on a forward, and the volatility of a value. The protocol's own integers are in OnchainMargin.Margin.</summary>
public static class Black76
{
    private const double VolatilityLeast = 1e-4;
    private const double VolatilityMost = 20;
    private const int Steps = 60;
    private const double RootTwo = 1.4142135623730951;

    /// <summary>The undiscounted value.</summary>
    /// <param name="forward">The forward.</param>
    /// <param name="strike">The strike.</param>
    /// <param name="deviation">Volatility times the root of time; 0 or less gives the intrinsic value.</param>
    /// <param name="isCall">A call, or a put.</param>
    public static double Value(double forward, double strike, double deviation, bool isCall)
    {
        if (!(deviation > 0))
        {
            return Math.Max(isCall ? forward - strike : strike - forward, 0);
        }

        var d1 = (Math.Log(forward / strike) / deviation) + (deviation / 2);
        return isCall
            ? (forward * Normal(d1)) - (strike * Normal(d1 - deviation))
            : (strike * Normal(deviation - d1)) - (forward * Normal(-d1));
    }

    /// <summary>What one unit of volatility times the root of time adds to the value.</summary>
    public static double Vega(double forward, double strike, double deviation)
    {
        var d1 = (Math.Log(forward / strike) / deviation) + (deviation / 2);
        return forward * Math.Exp(-d1 * d1 / 2) / Math.Sqrt(2 * Math.PI);
    }

    /// <summary>Volatility times the root of time of an undiscounted value, or NaN when no volatility from 0.01 % to 2,000 % gives it.</summary>
    public static double ImpliedDeviation(double value, double forward, double strike, bool isCall)
    {
        // The out-of-the-money side of parity holds the time value alone, and its digits.
        var intrinsic = Math.Max(isCall ? forward - strike : strike - forward, 0);
        var time = value - intrinsic;
        var call = strike >= forward;
        if (!(time > 0) || time >= Math.Min(forward, strike))
        {
            return double.NaN;
        }

        double low = VolatilityLeast, high = VolatilityMost;
        if (Value(forward, strike, low, call) > time || Value(forward, strike, high, call) < time)
        {
            return double.NaN;
        }

        // Newton on the logarithm of the value, which is nearly straight far from the money; bisection where it would leave the bracket. The start is the inflection (Manaster and Koehler).
        var s = Math.Clamp(Math.Max(Math.Sqrt(2 * Math.Abs(Math.Log(forward / strike))), time / forward * Math.Sqrt(2 * Math.PI)), low, high);
        var target = Math.Log(time);
        for (var i = 0; i < Steps; i++)
        {
            var found = Value(forward, strike, s, call);
            if (found > time)
            {
                high = s;
            }
            else
            {
                low = s;
            }

            var next = found > 1e-250 ? s + ((target - Math.Log(found)) * found / Math.Max(Vega(forward, strike, s), 1e-300)) : 0;
            next = next > low && next < high ? next : (low + high) / 2;
            if (Math.Abs(next - s) <= 1e-12 * s)
            {
                return next;
            }

            s = next;
        }

        return s;
    }

    /// <summary>The normal distribution function.</summary>
    internal static double Normal(double x) => 0.5 * SpecialFunctions.Erfc(-x / RootTwo);
}
