using System.Diagnostics;
using System.Numerics;
using OnchainMargin.Models.Portfolios;
using OnchainMargin.Models.Simulation;

namespace OnchainMargin.Bench.Models;

/// <summary>Value at risk and expected shortfall of a whole book by full revaluation.</summary>
public static class VarBench
{
    private const int Scenarios = 10_000;
    private const int Accounts = 10_000;
    private const int Positions = 8;
    private const int Expiries = 10;
    private const int Strikes = 20;
    private const double Day = 1.0 / 365;

    /// <summary>
    /// Measures, and adds <c>var.10kx10k.seconds</c>: 10,000 scenarios drawn, 802 instruments of two underlyings (800 options) revalued in each, 10,000 accounts of 8 positions summed and their
    /// tails found; the fastest of the runs. And <c>var.repricings.perSecond</c>: how many options were revalued a second, all that work included.
    /// </summary>
    public static void Run(IDictionary<string, double> results, bool quick)
    {
        ArgumentNullException.ThrowIfNull(results);
        var random = new Random(1);
        var instruments = new List<RiskInstrument> { new(0, 60_000, 1, 0, false, 0, 0), new(1, 2_000, 1, 0, false, 0, 0) };
        for (int u = 0; u < 2; u++)
        {
            double forward = u == 0 ? 60_000 : 2_000;
            for (int e = 1; e <= Expiries; e++)
            {
                for (int k = 0; k < Strikes; k++)
                {
                    instruments.Add(new RiskInstrument(u, forward, 1, forward * (0.6 + (0.04 * k)), true, 0.6 + (0.01 * k), e * 14 * Day));
                    instruments.Add(new RiskInstrument(u, forward, 1, forward * (0.6 + (0.04 * k)), false, 0.6 + (0.01 * k), e * 14 * Day));
                }
            }
        }

        RiskPosition[][] accounts = [.. Enumerable.Range(0, Accounts).Select(_ => Enumerable.Range(0, Positions).Select(_ => new RiskPosition(random.Next(instruments.Count), random.Next(-10, 11))).ToArray())];
        var model = new MarketModel { Volatilities = [0.6, 0.8], Correlation = MathNet.Numerics.LinearAlgebra.Matrix<double>.Build.DenseOfArray(new[,] { { 1, 0.8 }, { 0.8, 1 } }) };
        double fastest = double.MaxValue;
        for (int run = 0; run < (quick ? 3 : 8); run++)
        {
            long began = Stopwatch.GetTimestamp();
            MarketPaths paths = MonteCarlo.Draw(model, Day, Scenarios, run);
            var risk = new PortfolioRisk(instruments, paths, Day);
            (double ValueAtRisk, double Shortfall)[] tails = risk.Tails(accounts, 0.99);
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(began).TotalSeconds);
            if (tails.Any(t => !(t.Shortfall >= t.ValueAtRisk)))
            {
                throw new InvalidOperationException("The bench found a shortfall below its value at risk.");
            }
        }

        RunKernel(results, quick);
        results["var.10kx10k.seconds"] = fastest;
        results["var.repricings.perSecond"] = (double)Scenarios * 2 * 2 * Expiries * Strikes / fastest;
    }

    /// <summary>The kernel of doubles alone on one thread: <c>kernel.black76.vector.greeks.ns</c> (value, delta, gamma, vega of an option, its logarithm included) and <c>.value.ns</c> (a value in a scenario, where it is known).</summary>
    private static void RunKernel(IDictionary<string, double> results, bool quick)
    {
        const int Options = 2048;
        var random = new Random(3);
        double[] forwards = [.. Enumerable.Repeat(60_000.0, Options)];
        double[] strikes = [.. forwards.Select(f => f * (0.5 + random.NextDouble()))];
        double[] deviations = [.. forwards.Select(_ => 0.05 + (0.4 * random.NextDouble()))];
        double[] signs = [.. forwards.Select(_ => random.Next(2) == 0 ? 1.0 : -1.0)];
        double[] logs = [.. strikes.Select(k => Math.Log(60_000 / k))];
        double[] inverses = [.. deviations.Select(d => 1 / d)];
        var lines = new OptionLine[Options];
        var values = new double[Options];
        results["kernel.black76.vector.greeks.ns"] = 1e9 / Options * Stopwatches.Seconds(() => Black76Vector.Evaluate(forwards, strikes, deviations, signs, lines), quick);
        results["kernel.black76.vector.value.ns"] = 1e9 / Options * Stopwatches.Seconds(
            () =>
            {
                for (int i = 0; i < Options; i += Vector<double>.Count)
                {
                    Black76Vector.Value(new(forwards, i), new(strikes, i), new(logs, i), new(inverses, i), new(deviations, i), new(signs, i)).CopyTo(values, i);
                }
            },
            quick);
    }
}
