using OnchainMargin.Models.Volatility;

namespace OnchainMargin.Models.Tests.Volatility;

public sealed class GarchTests
{
    [SharedDataFact("reference/garch_dem2gbp_benchmark.csv")]
    public void Fit_MarkAgainstPound_EqualsThePublishedBenchmark()
    {
        var returns = File.ReadLines(TestFiles.SharedData("reference/dem2gbp_returns.csv")).Skip(1).Select(line => double.Parse(line.Split(',')[1])).ToArray();
        Assert.Equal(1974, returns.Length);
        var published = TestFiles.Rows("reference/garch_dem2gbp_benchmark.csv").ToDictionary(row => row["parameter"], StringComparer.Ordinal);

        var fit = Garch.Fit(returns);

        // Within one unit of the sixth significant digit, the last that is printed (the mean's falls 0.7 of it away; the likelihood cannot tell the two apart).
        Agree(published["mu"]["estimate"], fit.Parameters.Mean);
        Agree(published["omega"]["estimate"], fit.Parameters.Omega);
        Agree(published["alpha"]["estimate"], fit.Parameters.Alpha);
        Agree(published["beta"]["estimate"], fit.Parameters.Beta);
        Agree(published["mu"]["std_error_hessian"], fit.StandardErrors.Mean);
        Agree(published["omega"]["std_error_hessian"], fit.StandardErrors.Omega);
        Agree(published["alpha"]["std_error_hessian"], fit.StandardErrors.Alpha);
        Agree(published["beta"]["std_error_hessian"], fit.StandardErrors.Beta);
        Assert.Equal(double.Parse(published["loglik_at_estimate"]["estimate"]), fit.LogLikelihood, 1e-8);
    }

    [SharedDataFact("reference/garch_dem2gbp_benchmark.csv")]
    public void Fit_ReturnsInOtherUnits_ScalesWithThem()
    {
        var percent = File.ReadLines(TestFiles.SharedData("reference/dem2gbp_returns.csv")).Skip(1).Select(line => double.Parse(line.Split(',')[1])).ToArray();

        var fit = Garch.Fit(percent);
        var fraction = Garch.Fit(Array.ConvertAll(percent, r => r / 100));

        Assert.Equal(fit.Parameters.Alpha, fraction.Parameters.Alpha, 1e-7);
        Assert.Equal(fit.NextVariance / 10_000, fraction.NextVariance, fit.NextVariance * 1e-11);
    }

    [SharedDataFact("reference/quantlib_garch_calc.csv")]
    public void Next_ConstantReturn_EqualsThePublishedRecursion()
    {
        const double Alpha = 0.2, Beta = 0.3, LongRun = 0.4, Return = 0.1;
        var model = new GarchParameters(0, LongRun * (1 - Alpha - Beta), Alpha, Beta);
        Assert.Equal(LongRun, model.LongRunVariance, 1e-15);
        var variance = Return * Return;
        var rows = TestFiles.Rows("reference/quantlib_garch_calc.csv");
        Assert.Equal(10, rows.Count);
        foreach (var row in rows)
        {
            variance = model.NextVariance(variance, Return);
            Assert.Equal(double.Parse(row["expected_sigma"]), Math.Sqrt(variance), 1e-6);
        }
    }

    [Fact]
    public void Fit_TooFewReturns_SaysHowManyAreNeeded()
    {
        var error = Assert.Throws<ArgumentException>(() => Garch.Fit([0.1, 0.2]));
        Assert.Contains("at least 100", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Fit_EqualReturns_SaysThatNothingCanBeFitted()
    {
        var error = Assert.Throws<ArgumentException>(() => Garch.Fit(new double[200]));
        Assert.Contains("all equal", error.Message, StringComparison.Ordinal);
    }

    private static void Agree(string published, double value)
    {
        var expected = double.Parse(published);
        Assert.True(Math.Abs(value - expected) <= 1e-5 * Math.Pow(10, Math.Floor(Math.Log10(Math.Abs(expected)))), $"{value} is not {published}");
    }
}
