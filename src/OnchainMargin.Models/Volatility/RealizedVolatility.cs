namespace OnchainMargin.Models.Volatility;

/// <summary>
/// Volatility of what has happened, per square root of a year, from bars of equal length in order of time. Each estimator is told how many bars make a year.
/// They differ in what they see: closes only; the range; range and body; and the jumps between bars.
/// </summary>
public static class RealizedVolatility
{
    /// <summary>Sample standard deviation of log returns from close to close. At least three bars.</summary>
    /// <exception cref="ArgumentException">Too few bars, or a bar that is none.</exception>
    public static double CloseToClose(ReadOnlySpan<Bar> bars, double barsPerYear)
    {
        Check(bars, 3, barsPerYear);
        double sum = 0, squares = 0;
        for (var i = 1; i < bars.Length; i++)
        {
            var step = Math.Log(bars[i].Close / bars[i - 1].Close);
            sum += step;
            squares += step * step;
        }

        var count = bars.Length - 1;
        return Annual((squares - (sum * sum / count)) / (count - 1), barsPerYear);
    }

    /// <summary>Parkinson (1980): the mean squared log range over 4·ln 2. Five times as efficient as closes when prices diffuse without drift or gaps.</summary>
    /// <exception cref="ArgumentException">No bar, or a bar that is none.</exception>
    public static double Parkinson(ReadOnlySpan<Bar> bars, double barsPerYear)
    {
        Check(bars, 1, barsPerYear);
        double sum = 0;
        foreach (var bar in bars)
        {
            var range = Math.Log(bar.High / bar.Low);
            sum += range * range;
        }

        return Annual(sum / (4 * Math.Log(2) * bars.Length), barsPerYear);
    }

    /// <summary>Garman and Klass (1980): half the squared log range less (2·ln 2 − 1) of the squared body.</summary>
    /// <exception cref="ArgumentException">No bar, or a bar that is none.</exception>
    public static double GarmanKlass(ReadOnlySpan<Bar> bars, double barsPerYear)
    {
        Check(bars, 1, barsPerYear);
        double sum = 0;
        foreach (var bar in bars)
        {
            var range = Math.Log(bar.High / bar.Low);
            var body = Math.Log(bar.Close / bar.Open);
            sum += (0.5 * range * range) - (((2 * Math.Log(2)) - 1) * body * body);
        }

        return Annual(sum / bars.Length, barsPerYear);
    }

    /// <summary>
    /// Yang and Zhang (2000): variance of the gaps between bars, plus k times that of the bodies, plus (1 − k) of Rogers and Satchell's drift-free term,
    /// k = 0.34/(1.34 + (n + 1)/(n − 1)). Right with drift and with gaps. At least three bars; the first only gives the close before the second.
    /// </summary>
    /// <exception cref="ArgumentException">Too few bars, or a bar that is none.</exception>
    public static double YangZhang(ReadOnlySpan<Bar> bars, double barsPerYear)
    {
        Check(bars, 3, barsPerYear);
        var count = bars.Length - 1;
        double gapSum = 0, gapSquares = 0, bodySum = 0, bodySquares = 0, driftFree = 0;
        for (var i = 1; i < bars.Length; i++)
        {
            var gap = Math.Log(bars[i].Open / bars[i - 1].Close);
            var up = Math.Log(bars[i].High / bars[i].Open);
            var down = Math.Log(bars[i].Low / bars[i].Open);
            var body = Math.Log(bars[i].Close / bars[i].Open);
            gapSum += gap;
            gapSquares += gap * gap;
            bodySum += body;
            bodySquares += body * body;
            driftFree += (up * (up - body)) + (down * (down - body));
        }

        var gapVariance = (gapSquares - (gapSum * gapSum / count)) / (count - 1);
        var bodyVariance = (bodySquares - (bodySum * bodySum / count)) / (count - 1);
        var k = 0.34 / (1.34 + ((count + 1.0) / (count - 1.0)));
        return Annual(gapVariance + (k * bodyVariance) + ((1 - k) * driftFree / count), barsPerYear);
    }

    private static void Check(ReadOnlySpan<Bar> bars, int least, double barsPerYear)
    {
        if (bars.Length < least)
        {
            throw new ArgumentException($"{bars.Length} bars are too few: give at least {least}", nameof(bars));
        }

        if (!(barsPerYear > 0 && double.IsFinite(barsPerYear)))
        {
            throw new ArgumentException($"barsPerYear is {barsPerYear}: give a positive number (8760 for hours)", nameof(barsPerYear));
        }

        for (var i = 0; i < bars.Length; i++)
        {
            bars[i].Check(i, nameof(bars));
        }
    }

    // A variance of identical prices can come out a hair below zero.
    private static double Annual(double variance, double barsPerYear) => Math.Sqrt(Math.Max(0, variance) * barsPerYear);
}
