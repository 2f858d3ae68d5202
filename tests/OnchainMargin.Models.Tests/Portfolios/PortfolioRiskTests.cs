using MathNet.Numerics.LinearAlgebra;
using OnchainMargin.Models.Portfolios;
using OnchainMargin.Models.Simulation;
using OnchainMargin.Models.Surfaces;
using OnchainMargin.Models.Tails;

namespace OnchainMargin.Models.Tests.Portfolios;

public sealed class PortfolioRiskTests
{
    private const double Horizon = 1.0 / 365;

    // A number that no vector length divides, so that the remainder is tried too.
    private static readonly MarketPaths Paths = MonteCarlo.Draw(
        new MarketModel { Volatilities = [0.6, 0.8], Correlation = Matrix<double>.Build.DenseOfArray(new[,] { { 1, 0.8 }, { 0.8, 1 } }) }, Horizon, 5003, 1);

    private static readonly RiskInstrument[] Instruments =
    [
        new(0, 100, 1, 0, false, 0, 0),
        new(1, 50, 1, 0, false, 0, 0),
        new(0, 101, 0.99, 100, true, 0.6, 0.1),
        new(0, 101, 0.99, 90, false, 0.7, 0.1),
        new(1, 50, 1, 55, true, 0.9, 0.02),
        new(1, 50, 1, 50, false, 0.9, Horizon / 2),
        new(0, 101, 0.99, 400, true, 0.8, 0.1),
    ];

    [Fact]
    public void Gains_EveryInstrument_IsARevaluationOneByOne()
    {
        var risk = new PortfolioRisk(Instruments, Paths, Horizon);
        for (var i = 0; i < Instruments.Length; i++)
        {
            var own = Instruments[i];
            for (var s = 0; s < Paths.Count; s += 7)
            {
                var f = own.Forward * Math.Exp(Paths.LogMoves[own.Market][s]);
                var left = Math.Max(own.Years - Horizon, 0);
                var expected = own.Strike > 0
                    ? own.Discount * (Black76.Value(f, own.Strike, own.Volatility * Paths.VolatilityFactors[own.Market][s] * Math.Sqrt(left), own.IsCall)
                        - Black76.Value(own.Forward, own.Strike, own.Volatility * Math.Sqrt(own.Years), own.IsCall))
                    : f - own.Forward;
                Assert.Equal(expected, risk.Gains(i)[s], 1e-9);
            }
        }
    }

    [Fact]
    public void Tails_RandomAccounts_EqualTheSortedEstimate()
    {
        var risk = new PortfolioRisk(Instruments, Paths, Horizon);
        var random = new Random(2);
        RiskPosition[][] accounts = [.. Enumerable.Range(0, 60).Select(n => Enumerable.Range(0, 1 + (n % 9)).Select(_ => new RiskPosition(random.Next(Instruments.Length), random.Next(-5, 6))).ToArray())];
        foreach (var level in (double[])[0.5, 0.95, 0.99, 0.999])
        {
            var tails = risk.Tails(accounts, level);
            for (var a = 0; a < accounts.Length; a++)
            {
                var losses = new double[Paths.Count];
                foreach (var position in accounts[a])
                {
                    for (var s = 0; s < losses.Length; s++)
                    {
                        losses[s] -= position.Size * risk.Gains(position.Instrument)[s];
                    }
                }

                var sorted = EmpiricalTail.Estimate(losses, level);
                Assert.Equal(sorted.ValueAtRisk, tails[a].ValueAtRisk, 1e-9);
                Assert.Equal(sorted.Shortfall, tails[a].Shortfall, 1e-9);
            }
        }
    }

    [Fact]
    public void Explain_Contributions_AddUpToTheShortfallAndHedgesSubtract()
    {
        var risk = new PortfolioRisk(Instruments, Paths, Horizon);
        var tail = risk.Explain([new(0, 1), new(3, 1)], 0.99);
        Assert.Equal(tail.Tail.Shortfall, tail.Contributions.Sum(), 1e-9);
        Assert.True(tail.Contributions[0] > 0 && tail.Contributions[1] < 0);

        // The estimate is that of the losses added up by hand, interval and all.
        double[] losses = [.. Enumerable.Range(0, Paths.Count).Select(s => -(risk.Gains(0)[s] + risk.Gains(3)[s]))];
        Assert.Equal(EmpiricalTail.Estimate(losses, 0.99), tail.Tail);
    }

    [Fact]
    public void Line_EveryInstrument_IsWhatItsGainsAreMadeOf()
    {
        var risk = new PortfolioRisk(Instruments, Paths, Horizon);
        Assert.Equal(new OptionLine(100, 1, 0, 0), risk.Line(0));
        var own = Instruments[2];
        double Worth(double forward, double volatility) => own.Discount * Black76.Value(forward, own.Strike, volatility * Math.Sqrt(own.Years), own.IsCall);
        Assert.Equal(Worth(own.Forward, own.Volatility), risk.Line(2).Value, 1e-10);
        Assert.Equal((Worth(own.Forward + 1e-3, own.Volatility) - Worth(own.Forward - 1e-3, own.Volatility)) / 2e-3, risk.Line(2).Delta, 1e-8);
        Assert.Equal((Worth(own.Forward, own.Volatility + 1e-4) - Worth(own.Forward, own.Volatility - 1e-4)) / 2e-4, risk.Line(2).Vega, 1e-6);
    }

    [Fact]
    public void Construct_UnderlyingWithoutPaths_IsRefused() => Assert.Throws<ArgumentException>(() => new PortfolioRisk([new(2, 1, 1, 0, false, 0, 0)], Paths, Horizon));
}
