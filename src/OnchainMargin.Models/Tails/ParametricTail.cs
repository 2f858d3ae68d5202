using MathNet.Numerics.Distributions;

namespace OnchainMargin.Models.Tails;

/// <summary>Value at risk and expected shortfall in closed form. Losses are positive.</summary>
public static class ParametricTail
{
    /// <summary>Of a Gaussian loss.</summary>
    public static (double ValueAtRisk, double Shortfall) Gaussian(double mean, double deviation, double level)
    {
        EmpiricalTail.Require(level, nameof(level));
        var z = Normal.InvCDF(0, 1, level);
        return (mean + (deviation * z), mean + (deviation * Normal.PDF(0, 1, z) / (1 - level)));
    }

    /// <summary>Of holding a lognormal price whose logarithm has this mean and deviation: minus the price's lower quantile, and minus its mean below that.</summary>
    public static (double ValueAtRisk, double Shortfall) Lognormal(double mean, double deviation, double level)
    {
        EmpiricalTail.Require(level, nameof(level));
        var z = Normal.InvCDF(0, 1, 1 - level);
        return (-Math.Exp(mean + (deviation * z)), -Math.Exp(mean + (deviation * deviation / 2)) * Normal.CDF(0, 1, z - deviation) / (1 - level));
    }

    /// <summary>Of a Student-t loss with a location, a scale and more than one degree of freedom.</summary>
    public static (double ValueAtRisk, double Shortfall) Student(double location, double scale, double degrees, double level)
    {
        EmpiricalTail.Require(level, nameof(level));
        if (!(degrees > 1))
        {
            throw new ArgumentException($"{degrees} degrees of freedom have no mean: give more than 1", nameof(degrees));
        }

        var q = StudentT.InvCDF(0, 1, degrees, level);
        return (location + (scale * q), location + (scale * StudentT.PDF(0, 1, degrees, q) / (1 - level) * (degrees + (q * q)) / (degrees - 1)));
    }

    /// <summary>Cornish and Fisher (1938): the quantile of a loss from its mean, deviation, skewness and excess kurtosis.</summary>
    /// <exception cref="ArgumentException">So skewed or fat that the expansion is no longer increasing at this level, where it would give a number that is no quantile.</exception>
    public static double CornishFisher(double mean, double deviation, double skewness, double excessKurtosis, double level)
    {
        EmpiricalTail.Require(level, nameof(level));
        var z = Normal.InvCDF(0, 1, level);
        var slope = 1 + (z * skewness / 3) + (((3 * z * z) - 3) * excessKurtosis / 24) - (((6 * z * z) - 5) * skewness * skewness / 36);
        if (!(slope > 0))
        {
            throw new ArgumentException($"a skewness of {skewness} and an excess kurtosis of {excessKurtosis} are outside the range of the Cornish-Fisher expansion at {level}: use an empirical tail", nameof(skewness));
        }

        var expanded = z + (((z * z) - 1) * skewness / 6) + (((z * z * z) - (3 * z)) * excessKurtosis / 24) - (((2 * z * z * z) - (5 * z)) * skewness * skewness / 36);
        return mean + (deviation * expanded);
    }
}
