using OnchainMargin.Models.Coverage;

namespace OnchainMargin.Models.Tests.Coverage;

public sealed class CoverageTestsTests
{
    [SharedDataFact("reference/var_backtest_toyserie.csv")]
    public void Of_ToySeries_EqualsThePublishedLikelihoodRatios()
    {
        var published = TestFiles.Rows("reference/var_backtest_examples.csv").Where(r => r["id"].StartsWith("matlab_toyserie", StringComparison.Ordinal)).ToDictionary(r => r["id"]);
        var series = TestFiles.Rows("reference/var_backtest_toyserie.csv");
        Assert.Equal(1703, series.Count);
        foreach (var (id, column, probability) in (ReadOnlySpan<(string, string, double)>)[("matlab_toyserie_99", "VaR_1", 0.01), ("matlab_toyserie_95", "VaR_5", 0.05)])
        {
            bool[] breaches = [.. series.Select(r => double.Parse(r["mean_true"]) < double.Parse(r[column]))];
            var (kupiec, independence, joint) = CoverageTests.Of(breaches, probability);
            Assert.Equal(double.Parse(published[id]["LR_uc"]), kupiec.Statistic, 1e-9);
            Assert.Equal(double.Parse(published[id]["LR_ind"]), independence.Statistic, 1e-9);
            Assert.Equal(double.Parse(published[id]["LR_cc"]), joint.Statistic, 1e-9);
            Assert.Equal(1, kupiec.PValue / double.Parse(published[id]["p_value_uc"]), 1e-9);
            Assert.Equal(1, independence.PValue / double.Parse(published[id]["p_value_ind"]), 1e-9);
        }
    }

    [Fact]
    public void Independence_PublishedCounts_AreReproduced()
    {
        var mathworks = CoverageTests.Independence(932, 53, 53, 4);
        Assert.Equal(0.25866, mathworks.Statistic, 5e-6);
        Assert.Equal(0.61104, mathworks.PValue, 5e-6);
        Assert.Equal(25.837, CoverageTests.Independence(244, 2, 2, 4).Statistic, 5e-4);
        Assert.Equal(9.53, CoverageTests.Independence(218, 14, 14, 6).Statistic, 5e-3);
    }

    [Fact]
    public void Kupiec_PublishedCounts_AreReproduced()
    {
        Assert.Equal(3.4988, CoverageTests.Kupiec(252, 6, 0.01).Statistic, 5e-5);
        Assert.Equal(3.91, CoverageTests.Kupiec(252, 20, 0.05).Statistic, 5e-3);
    }

    [SharedDataFact("reference/kupiec_nonrejection_regions.csv")]
    public void Kupiec_NonRejectionRegions_AreReproduced()
    {
        var rows = TestFiles.Rows("reference/kupiec_nonrejection_regions.csv");
        Assert.Equal(15, rows.Count);
        foreach (var row in rows)
        {
            var (p, t) = (double.Parse(row["p"]), int.Parse(row["T"]));
            int low = int.Parse(row["N_greater_than_computed"]), high = int.Parse(row["N_less_than_computed"]);
            for (var n = 0; n <= t / 3; n++)
            {
                // The published regions are exclusive and rest on a critical value of 3.84.
                Assert.Equal(n > low && n < high, CoverageTests.Kupiec(t, n, p).Statistic < 3.841458820694124);
            }
        }
    }

    [Fact]
    public void Kupiec_NoBreaches_IsDefined() => Assert.Equal(-2 * 100 * Math.Log(0.99), CoverageTests.Kupiec(100, 0, 0.01).Statistic, 1e-12);

    [Fact]
    public void Kupiec_MoreBreachesThanObservations_IsRefused() => Assert.Throws<ArgumentException>(() => CoverageTests.Kupiec(10, 11, 0.01));
}
