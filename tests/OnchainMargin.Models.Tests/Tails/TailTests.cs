using OnchainMargin.Models.Tails;
using OnchainMargin.Models.Volatility;

namespace OnchainMargin.Models.Tests.Tails;

public sealed class TailTests
{
    [SharedDataFact("reference/vega_lognormal_var_es.csv")]
    public void Lognormal_PublishedExamples_AreReproduced()
    {
        var rows = TestFiles.Rows("reference/vega_lognormal_var_es.csv");
        Assert.Equal(4, rows.Count);
        foreach (var row in rows)
        {
            var (var, shortfall) = ParametricTail.Lognormal(double.Parse(row["mu"]), double.Parse(row["sigma"]), 1 - double.Parse(row["lambda"]));
            Assert.Equal(double.Parse(row["VaR"]), var, 1e-9);
            Assert.Equal(double.Parse(row["ES"]), shortfall, 1e-9);
        }
    }

    [Fact]
    public void Gaussian_NinetyNinePercent_IsTheTextbookValue()
    {
        var (var, shortfall) = ParametricTail.Gaussian(0, 1, 0.99);
        Assert.Equal(2.3263478740, var, 1e-9);
        Assert.Equal(2.6652142203, shortfall, 1e-9);
    }

    [Fact]
    public void Student_ManyDegrees_TendsToGaussian()
    {
        var (var, shortfall) = ParametricTail.Student(0, 1, 1e6, 0.99);
        Assert.Equal(2.32635, var, 1e-4);
        Assert.Equal(2.66522, shortfall, 1e-4);
        Assert.Throws<ArgumentException>(() => ParametricTail.Student(0, 1, 1, 0.99));
    }

    [Fact]
    public void CornishFisher_NoSkewNoKurtosis_IsGaussianAndFatTailsAreWorse()
    {
        Assert.Equal(2.3263478740, ParametricTail.CornishFisher(0, 1, 0, 0, 0.99), 1e-9);

        // z + (z³ − 3z)·K/24 with K = 2, by hand.
        const double Z = 2.3263478740408408;
        Assert.Equal(Z + (((Z * Z * Z) - (3 * Z)) / 12), ParametricTail.CornishFisher(0, 1, 0, 2, 0.99), 1e-12);
        Assert.Contains("empirical", Assert.Throws<ArgumentException>(() => ParametricTail.CornishFisher(0, 1, 4, 0, 0.99)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Empirical_KnownLosses_AreTheirOrderStatistics()
    {
        var losses = Enumerable.Range(1, 1000).Select(i => (double)i).ToArray();
        var tail = EmpiricalTail.Estimate(losses, 0.99);
        Assert.Equal(990, tail.ValueAtRisk);
        Assert.Equal(995, tail.Shortfall);
        Assert.True(tail.ValueAtRiskLow < 990 && tail.ValueAtRiskHigh > 990 && tail.ShortfallLow < 995 && tail.ShortfallHigh > 995);
    }

    [Fact]
    public void Empirical_ManySamples_IntervalsCoverTheTruthAsOftenAsTheySay()
    {
        var random = new Random(5);
        var truth = ParametricTail.Gaussian(0, 1, 0.95);
        int var = 0, shortfall = 0;
        const int Samples = 400;
        for (var i = 0; i < Samples; i++)
        {
            var tail = EmpiricalTail.Estimate(Gaussians(random, 1000), 0.95, 0.9);
            var += tail.ValueAtRiskLow <= truth.ValueAtRisk && truth.ValueAtRisk <= tail.ValueAtRiskHigh ? 1 : 0;
            shortfall += tail.ShortfallLow <= truth.Shortfall && truth.Shortfall <= tail.ShortfallHigh ? 1 : 0;
        }

        // 90 % asked, four standard errors (6 %) granted, and the asymptotic interval of the shortfall is a little short.
        Assert.InRange((double)var / Samples, 0.84, 0.97);
        Assert.InRange((double)shortfall / Samples, 0.82, 0.97);
    }

    [Fact]
    public void Empirical_NotANumber_IsRefused() => Assert.Throws<ArgumentException>(() => EmpiricalTail.Estimate([1, double.NaN], 0.5));

    [Fact]
    public void FilteredHistory_CalmAfterStorm_ForecastsLessThanPlainHistory()
    {
        var random = new Random(3);
        double[] returns = [.. Gaussians(random, 500).Select(z => 0.05 * z), .. Gaussians(random, 500).Select(z => 0.01 * z)];
        var history = new FilteredHistory(returns, new GjrParameters(0, 1e-12, 0.06, 0, 0.94));
        var filtered = EmpiricalTail.Estimate(Losses(history.Simulate(1, 20_000, 1)), 0.99).ValueAtRisk;
        var plain = EmpiricalTail.Estimate(Losses(returns), 0.99).ValueAtRisk;
        var deviation = Math.Sqrt(history.NextVariance);

        // The weighted mean of what came: returns of long ago weigh nothing.
        Assert.Equal(Math.Sqrt(returns.Select((r, i) => 0.06 * Math.Pow(0.94, returns.Length - 1 - i) * r * r).Sum()), deviation, 1e-6);

        // A hundredth of a thousand residuals, drawn 20,000 times: 200 ± 14 are among the ten largest losses, so that four standard errors are three places.
        double[] worst = [.. history.Residuals.ToArray().Order()];
        Assert.InRange(filtered, -deviation * worst[12], -deviation * worst[6]);
        Assert.True(plain > 2 * filtered, $"{plain} {filtered}");
    }

    [Fact]
    public void FilteredHistory_SameSeed_SamePaths()
    {
        var history = new FilteredHistory(Gaussians(new Random(1), 100), new GjrParameters(0, 0.05, 0.1, 0, 0.85));
        Assert.Equal(history.Simulate(5, 50, 9), history.Simulate(5, 50, 9));
        Assert.NotEqual(history.Simulate(5, 50, 9), history.Simulate(5, 50, 10));
    }

    private static double[] Losses(double[] returns) => Array.ConvertAll(returns, r => -r);

    private static double[] Gaussians(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];
}
