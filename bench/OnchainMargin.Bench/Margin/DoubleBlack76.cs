namespace OnchainMargin.Bench.Margin;

/// <summary>Black-76 in doubles, as a trading system would write it: the yardstick of the exact kernel.</summary>
internal static class DoubleBlack76
{
    private const double InverseRootTwoPi = 0.39894228040143267794;

    public static double Call(double forward, double strike, double vol, double rootTau, double discount)
    {
        double deviation = vol * rootTau;
        double d1 = (Math.Log(forward / strike) / deviation) + (0.5 * deviation);
        return discount * ((forward * Cdf(d1)) - (strike * Cdf(d1 - deviation)));
    }

    /// <summary>Abramowitz and Stegun 26.2.17, good to 7.5e-8: the cheap one, so that the yardstick is hard.</summary>
    private static double Cdf(double x)
    {
        double k = 1 / (1 + (0.2316419 * Math.Abs(x)));
        double tail = InverseRootTwoPi * Math.Exp(-0.5 * x * x) * k * (0.319381530 + (k * (-0.356563782 + (k * (1.781477937 + (k * (-1.821255978 + (k * 1.330274429))))))));
        return x > 0 ? 1 - tail : tail;
    }
}
