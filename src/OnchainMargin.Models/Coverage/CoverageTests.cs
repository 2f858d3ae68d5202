using MathNet.Numerics;

namespace OnchainMargin.Models.Coverage;

/// <summary>Tests of a series of breaches: their number (Kupiec, 1995), their independence from one period to the next, and both (Christoffersen, 1998).</summary>
public static class CoverageTests
{
    /// <summary>Whether breaches are as many as promised.</summary>
    /// <exception cref="ArgumentException">A probability outside (0, 1), or more breaches than observations.</exception>
    public static CoverageTest Kupiec(int observations, int breaches, double probability)
    {
        if (!(probability > 0 && probability < 1) || breaches < 0 || breaches > observations || observations == 0)
        {
            throw new ArgumentException($"{breaches} breaches of {observations} at a probability of {probability} cannot be tested: give 0 to all breaches and a probability between 0 and 1", nameof(breaches));
        }

        var rate = (double)breaches / observations;
        var statistic = 2 * (Log(observations - breaches, 1 - rate) + Log(breaches, rate) - Log(observations - breaches, 1 - probability) - Log(breaches, probability));
        return Of(statistic, 1);
    }

    /// <summary>Whether a breach makes the next one neither likelier nor rarer, from the counts of pairs (before, after).</summary>
    public static CoverageTest Independence(int calmCalm, int calmBreach, int breachCalm, int breachBreach)
    {
        var all = calmCalm + calmBreach + breachCalm + breachBreach;
        var after = Share(calmBreach + breachBreach, all);
        var afterCalm = Share(calmBreach, calmCalm + calmBreach);
        var afterBreach = Share(breachBreach, breachCalm + breachBreach);
        var statistic = 2 * (Log(calmCalm, 1 - afterCalm) + Log(calmBreach, afterCalm) + Log(breachCalm, 1 - afterBreach) + Log(breachBreach, afterBreach)
            - Log(calmCalm + breachCalm, 1 - after) - Log(calmBreach + breachBreach, after));
        return Of(statistic, 1);
    }

    /// <summary>All three tests of a series in order of time.</summary>
    public static (CoverageTest Kupiec, CoverageTest Independence, CoverageTest Joint) Of(ReadOnlySpan<bool> breaches, double probability)
    {
        Span<int> pairs = stackalloc int[4];
        var count = 0;
        for (var i = 0; i < breaches.Length; i++)
        {
            count += breaches[i] ? 1 : 0;
            if (i > 0)
            {
                pairs[(breaches[i - 1] ? 2 : 0) + (breaches[i] ? 1 : 0)]++;
            }
        }

        var kupiec = Kupiec(breaches.Length, count, probability);
        var independence = Independence(pairs[0], pairs[1], pairs[2], pairs[3]);
        return (kupiec, independence, Of(kupiec.Statistic + independence.Statistic, 2));
    }

    internal static CoverageTest Of(double statistic, int degrees)
    {
        var held = Math.Max(0, statistic);
        return new CoverageTest(held, SpecialFunctions.GammaUpperRegularized(degrees / 2.0, held / 2));
    }

    private static double Share(int part, int all) => all == 0 ? 0 : (double)part / all;

    private static double Log(int count, double probability) => count == 0 ? 0 : count * Math.Log(probability);
}
