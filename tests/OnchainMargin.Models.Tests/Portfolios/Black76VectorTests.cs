using System.Globalization;
using OnchainMargin.Models.Portfolios;
using OnchainMargin.Models.Surfaces;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Models.Tests.Portfolios;

public sealed class Black76VectorTests
{
    [Fact]
    public void Evaluate_EveryLengthUpTo33_IsTheScalarFormOneByOne()
    {
        var random = new Random(5);
        for (var count = 0; count <= 33; count++)
        {
            var (forwards, strikes, deviations, signs) = Draw(random, count);
            var lines = new OptionLine[count];
            Black76Vector.Evaluate(forwards, strikes, deviations, signs, lines);
            for (var i = 0; i < count; i++)
            {
                Agree(forwards[i], strikes[i], deviations[i], signs[i], lines[i]);
            }
        }
    }

    [Theory]
    [InlineData(100, 100, 1e-9)]
    [InlineData(100, 100, 1e-4)]
    [InlineData(100, 1e-6, 0.01)]
    [InlineData(1e-6, 100, 0.01)]
    [InlineData(100, 300, 0.03)]
    [InlineData(300, 100, 0.03)]
    [InlineData(100, 100, 50)]
    [InlineData(100, 100, 300)]
    [InlineData(60_000, 1e9, 3)]
    public void Evaluate_AtTheEdges_IsTheScalarForm(double forward, double strike, double deviation)
    {
        foreach (var sign in (double[])[1, -1])
        {
            var lines = new OptionLine[1];
            Black76Vector.Evaluate([forward], [strike], [deviation], [sign], lines);
            Agree(forward, strike, deviation, sign, lines[0]);
        }
    }

    [Fact]
    public void Evaluate_FarOutOfTheMoney_KeepsItsDigits()
    {
        // Where parity, or one minus a distribution, would leave nothing: 8 to 30 deviations away, to eight digits of what the scalar form gives with its complementary error function.
        for (var distance = 8.0; distance < 30; distance += 0.37)
        {
            var strike = 100 * Math.Exp(distance * 0.1);
            var lines = new OptionLine[2];
            Black76Vector.Evaluate([100, strike], [strike, 100], [0.1, 0.1], [1, -1], lines);
            Assert.InRange(lines[0].Value / Black76.Value(100, strike, 0.1, true), 1 - 1e-8, 1 + 1e-8);
            Assert.InRange(lines[1].Value / Black76.Value(strike, 100, 0.1, false), 1 - 1e-8, 1 + 1e-8);
        }
    }

    [Fact]
    public void Evaluate_SpansOfDifferentLength_AreRefused() => Assert.Throws<ArgumentException>(() => Black76Vector.Evaluate([1, 1], [1], [1, 1], [1, 1], new OptionLine[2]));

    [SharedDataFact("reference/haug_bsm_values.csv")]
    public void Evaluate_HaugsTable_AgreesToItsTolerance()
    {
        var count = 0;
        foreach (var row in TestFiles.Rows("reference/haug_bsm_values.csv"))
        {
            Assert.InRange(Math.Abs(Spot(row).Value - D(row, "value")), 0, D(row, "tol"));
            count++;
        }

        Assert.Equal(43, count);
    }

    [SharedDataFact("reference/haug_bsm_greeks.csv")]
    public void Evaluate_HaugsGreeks_AgreeToThePrintedDigits()
    {
        var count = 0;
        foreach (var row in TestFiles.Rows("reference/haug_bsm_greeks.csv"))
        {
            var line = Spot(row);
            var growth = Math.Exp((D(row, "r") - D(row, "q")) * D(row, "t"));
            double? found = row["greek"] switch
            {
                "delta" => line.Delta * growth,
                "gamma" => line.Gamma * growth * growth,
                "vega" => line.Vega * Math.Sqrt(D(row, "t")),
                "elasticity" => line.Delta * growth * D(row, "spot") / line.Value,
                _ => null,
            };
            if (found is { } value)
            {
                Assert.Equal(D(row, "value"), value, 0.51e-4);
                count++;
            }
        }

        Assert.Equal(7, count);
    }

    /// <summary>An option on spot as one on its forward, discounted.</summary>
    private static OptionLine Spot(IReadOnlyDictionary<string, string> row)
    {
        double years = D(row, "t"), discount = Math.Exp(-D(row, "r") * years);
        var lines = new OptionLine[1];
        Black76Vector.Evaluate([D(row, "spot") * Math.Exp((D(row, "r") - D(row, "q")) * years)], [D(row, "strike")], [D(row, "vol") * Math.Sqrt(years)], [row["type"] == "c" ? 1 : -1], lines);
        return new OptionLine(discount * lines[0].Value, discount * lines[0].Delta, discount * lines[0].Gamma, discount * lines[0].Vega);
    }

    private static (double[] Forwards, double[] Strikes, double[] Deviations, double[] Signs) Draw(Random random, int count)
    {
        var forwards = new double[count];
        var strikes = new double[count];
        var deviations = new double[count];
        var signs = new double[count];
        for (var i = 0; i < count; i++)
        {
            forwards[i] = Math.Exp(12 * (random.NextDouble() - 0.3));
            deviations[i] = Math.Exp(6 * (random.NextDouble() - 0.8));
            strikes[i] = forwards[i] * Math.Exp(deviations[i] * 8 * (random.NextDouble() - 0.5));
            signs[i] = random.Next(2) == 0 ? 1 : -1;
        }

        return (forwards, strikes, deviations, signs);
    }

    private static void Agree(double forward, double strike, double deviation, double sign, OptionLine line)
    {
        var d1 = (Math.Log(forward / strike) / deviation) + (deviation / 2);
        var density = forward * Math.Exp(-d1 * d1 / 2) / Math.Sqrt(2 * Math.PI);
        var delta = sign * 0.5 * MathNet.Numerics.SpecialFunctions.Erfc(-sign * d1 / Math.Sqrt(2));
        Assert.Equal(Black76.Value(forward, strike, deviation, sign > 0), line.Value, 2e-12 * (forward + strike));
        Assert.Equal(delta, line.Delta, 2e-12);
        Assert.Equal(density / (forward * forward * deviation), line.Gamma, 1e-9 * (1 + (density / (forward * forward * deviation))));
        Assert.Equal(density, line.Vega, 2e-12 * forward);
    }

    private static double D(IReadOnlyDictionary<string, string> row, string column) => double.Parse(row[column], CultureInfo.InvariantCulture);
}
