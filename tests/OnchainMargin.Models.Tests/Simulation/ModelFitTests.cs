using OnchainMargin.Models.Data;
using OnchainMargin.Models.Simulation;

namespace OnchainMargin.Models.Tests.Simulation;

public sealed class ModelFitTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("omargin-fit-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Of_SimulatedMarkets_FindsVolatilityAndCorrelation()
    {
        var random = new Random(12);
        double[] a = [.. Enumerable.Range(0, 900).Select(_ => Gaussian(random))];
        double[] b = [.. a.Select(z => (0.8 * z) + (0.6 * Gaussian(random)))];
        var model = ModelFit.Of([Write("A", a, 0.6), Write("B", b, 0.9)], stress: 0);

        // What these shocks were lately, a year of 365 days; the first candle has no return. A thousand days know a correlation to two percent.
        Assert.Equal(0.6 * Lately(a[1..]), model.Volatilities[0], 1e-12);
        Assert.Equal(0.9 * Lately(b[1..]), model.Volatilities[1], 1e-12);
        Assert.Equal(0.8, model.Correlation[0, 1], 0.05);
        Assert.True(model.CopulaDegrees > 8, "Gaussian markets do not crash together");
        Assert.True(model.MarginDegrees > 10, "and have no fat tails");
        Assert.Equal(0.9, ModelFit.Of([Write("A", a, 0.6), Write("B", b, 0.9)], stress: 0.5).Correlation[0, 1], 0.03);
    }

    [Fact]
    public void Of_AMonth_SaysHowMuchIsNeeded() =>
        Assert.Contains("at least 60", Assert.Throws<DataFileException>(() => ModelFit.Of([Write("A", new double[30], 1)], 0)).Message, StringComparison.Ordinal);

    /// <summary>The deviation of shocks, each day's weight 0.94 of the next one's, after the mean of all.</summary>
    private static double Lately(double[] shocks)
    {
        var variance = Math.Pow(0.94, shocks.Length) * shocks.Average(z => z * z);
        for (var i = 0; i < shocks.Length; i++)
        {
            variance += 0.06 * Math.Pow(0.94, shocks.Length - 1 - i) * shocks[i] * shocks[i];
        }

        return Math.Sqrt(variance);
    }

    private PriceFile Write(string name, double[] shocks, double volatility)
    {
        var path = Path.Combine(_folder, $"{name}_1d.csv");
        double price = 100;
        File.WriteAllLines(path, shocks.Select((z, i) =>
        {
            price *= Math.Exp(volatility / Math.Sqrt(365) * z);
            return FormattableString.Invariant($"{i * 86_400L},{price:R},{price:R},{price:R},{price:R},1");
        }).Prepend("timestamp,open,high,low,close,volume"));
        return PriceFile.Read(path);
    }

    private static double Gaussian(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
