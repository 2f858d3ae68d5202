using MathNet.Numerics.Distributions;

namespace OnchainMargin.Models.Tails;

/// <summary>Value at risk and expected shortfall of simulated or past losses, without a model of their distribution.</summary>
public static class EmpiricalTail
{
    /// <summary>
    /// Estimates the tail. The quantile is the ⌈level·n⌉-th smallest loss and its interval a pair of order statistics chosen by the binomial law, whatever the distribution;
    /// the shortfall's interval is its asymptotic one (Manistre and Hancock, 2005).
    /// </summary>
    /// <exception cref="ArgumentException">No losses, one that is not finite, or a level or confidence outside (0, 1).</exception>
    public static TailEstimate Estimate(ReadOnlySpan<double> losses, double level, double confidence = 0.95)
    {
        Require(level, nameof(level));
        Require(confidence, nameof(confidence));
        if (losses.IsEmpty)
        {
            throw new ArgumentException("there are no losses to estimate a tail from: give at least one", nameof(losses));
        }

        var sorted = losses.ToArray();
        Array.Sort(sorted);
        if (!double.IsFinite(sorted[0]) || !double.IsFinite(sorted[^1]))
        {
            throw new ArgumentException("a loss is not finite: correct or drop it", nameof(losses));
        }

        var n = sorted.Length;
        var place = Math.Clamp((int)Math.Ceiling(level * n) - 1, 0, n - 1);
        var z = Normal.InvCDF(0, 1, 0.5 + (confidence / 2));
        var width = z * Math.Sqrt(n * level * (1 - level));
        var low = Math.Clamp((int)Math.Floor((level * n) - width) - 1, 0, n - 1);
        var high = Math.Clamp((int)Math.Ceiling((level * n) + width), 0, n - 1);
        var tail = sorted.AsSpan(place);
        double sum = 0;
        foreach (var loss in tail)
        {
            sum += loss;
        }

        var shortfall = sum / tail.Length;
        double squares = 0;
        foreach (var loss in tail)
        {
            squares += (loss - shortfall) * (loss - shortfall);
        }

        var beyond = shortfall - sorted[place];
        var error = z * Math.Sqrt(((squares / tail.Length) + (level * beyond * beyond)) / tail.Length);
        return new TailEstimate(level, sorted[place], sorted[low], sorted[high], shortfall, shortfall - error, shortfall + error);
    }

    internal static void Require(double level, string name)
    {
        if (!(level > 0 && level < 1))
        {
            throw new ArgumentException($"{name} is {level}: give a number between 0 and 1, such as 0.99", name);
        }
    }
}
