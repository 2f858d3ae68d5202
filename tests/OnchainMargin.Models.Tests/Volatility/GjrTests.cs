using OnchainMargin.Models.Volatility;

namespace OnchainMargin.Models.Tests.Volatility;

public sealed class GjrTests
{
    [Fact]
    public void Fit_SimulatedReturns_FindsTheParametersWithinThreeErrors()
    {
        var truth = new GjrParameters(0.0, 0.02, 0.04, 0.12, 0.85);
        var fit = Gjr.Fit(Simulate(truth, 8000, 21));
        Within(truth.Omega, fit.Parameters.Omega, fit.StandardErrors.Omega);
        Within(truth.Alpha, fit.Parameters.Alpha, fit.StandardErrors.Alpha);
        Within(truth.Gamma, fit.Parameters.Gamma, fit.StandardErrors.Gamma);
        Within(truth.Beta, fit.Parameters.Beta, fit.StandardErrors.Beta);
        Assert.True(fit.Parameters.Gamma > 3 * fit.StandardErrors.Gamma, "a leverage of this size is found with certainty");
    }

    [Fact]
    public void LogLikelihood_WithoutLeverage_IsThatOfGarch()
    {
        var returns = Simulate(new GjrParameters(0, 0.05, 0.1, 0, 0.85), 500, 2);
        Assert.Equal(
            Garch.LogLikelihood(returns, new GarchParameters(0.01, 0.05, 0.1, 0.85)), Gjr.LogLikelihood(returns, new GjrParameters(0.01, 0.05, 0.1, 0, 0.85)), 1e-9);
    }

    [SharedDataFact("reference/dem2gbp_returns.csv")]
    public void Fit_MarkAgainstPound_IsAtLeastAsLikelyAsGarch()
    {
        var returns = File.ReadLines(TestFiles.SharedData("reference/dem2gbp_returns.csv")).Skip(1).Select(line => double.Parse(line.Split(',')[1])).ToArray();
        var gjr = Gjr.Fit(returns);
        var garch = Garch.Fit(returns);

        // The smaller model lies inside the larger one. Exchange rates have no leverage: the likelihood ratio is below 3.84, which one in twenty is above, and γ over its error says the same.
        var ratio = 2 * (gjr.LogLikelihood - garch.LogLikelihood);
        var wald = Math.Pow(gjr.Parameters.Gamma / gjr.StandardErrors.Gamma, 2);
        Assert.True(ratio is >= 0 and < 3.84 && Math.Abs(ratio - wald) < 0.5, $"{ratio} {wald}");
        Assert.Equal(garch.NextVariance, gjr.NextVariance, 0.1 * garch.NextVariance);
    }

    [Fact]
    public void Next_FallAndRise_DifferByGamma()
    {
        var model = new GjrParameters(0, 0, 0.1, 0.2, 0.5);
        Assert.Equal(0.1 + 0.5, model.NextVariance(1, 1), 1e-15);
        Assert.Equal(0.3 + 0.5, model.NextVariance(1, -1), 1e-15);
        Assert.Equal(0.7, model.Persistence, 1e-15);
    }

    [Fact]
    public void Fit_TooFewReturns_SaysHowManyAreNeeded() => Assert.Contains("at least 100", Assert.Throws<ArgumentException>(() => Gjr.Fit([1, 2])).Message, StringComparison.Ordinal);

    [Fact]
    public void Regimes_SimulatedStorms_AreFoundWhenTheyCome()
    {
        var random = new Random(8);
        var stressed = new bool[4000];
        var returns = new double[4000];
        for (var i = 1; i < returns.Length; i++)
        {
            stressed[i] = random.NextDouble() < (stressed[i - 1] ? 0.95 : 0.01);
            returns[i] = (stressed[i] ? 0.06 : 0.02) * GaussianOf(random);
        }

        var model = VolatilityRegimes.Fit(returns);
        Assert.Equal(0.02, model.CalmDeviation, 0.002);
        Assert.Equal(0.06, model.StressDeviation, 0.006);
        Assert.Equal(1.0 / 6, model.StressShare, 0.07);
        var chances = VolatilityRegimes.StressChances(returns, model);
        var right = chances.Select((c, i) => (c > 0.5) == stressed[i]).Count(b => b);
        Assert.True(right > 0.93 * returns.Length, $"{right} of {returns.Length} regimes were told from what was known then");
    }

    [Fact]
    public void Regimes_AllZero_IsRefused() => Assert.Throws<ArgumentException>(() => VolatilityRegimes.Fit(new double[200]));

    private static void Within(double truth, double estimate, double error) =>
        Assert.True(Math.Abs(truth - estimate) < 3 * error, $"{estimate} ± {error} is not {truth}");

    private static double[] Simulate(GjrParameters model, int count, int seed)
    {
        var random = new Random(seed);
        var h = model.LongRunVariance;
        var returns = new double[count];
        for (var i = 0; i < count; i++)
        {
            returns[i] = model.Mean + (Math.Sqrt(h) * GaussianOf(random));
            h = model.NextVariance(h, returns[i]);
        }

        return returns;
    }

    private static double GaussianOf(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
