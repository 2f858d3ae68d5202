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

        // An EWMA of λ = 0.94 remembers some thirty days: its error is an eighth. A thousand days know a correlation to two percent.
        Assert.Equal(0.6, model.Volatilities[0], 0.25);
        Assert.Equal(1.5, model.Volatilities[1] / model.Volatilities[0], 0.4);
        Assert.Equal(0.8, model.Correlation[0, 1], 0.05);
        Assert.True(model.CopulaDegrees > 8, "Gaussian markets do not crash together");
        Assert.True(model.MarginDegrees > 10, "and have no fat tails");
        Assert.Equal(0.9, ModelFit.Of([Write("A", a, 0.6), Write("B", b, 0.9)], stress: 0.5).Correlation[0, 1], 0.03);
    }

    [Fact]
    public void Of_AMonth_SaysHowMuchIsNeeded() =>
        Assert.Contains("at least 60", Assert.Throws<DataFileException>(() => ModelFit.Of([Write("A", new double[30], 1)], 0)).Message, StringComparison.Ordinal);

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
