using System.Diagnostics;
using OnchainMargin.Margin;

namespace OnchainMargin.Bench.Book;

/// <summary>The whole book: full passes, ticks of one underlying, trades; how cost grows; and the limits of the machine beside it.</summary>
public sealed class BookBench
{
    private const int Million = 1_000_000;
    private const int Positions = 8;

    private readonly BookScene _scene = new();
    private long _step;

    public void Run(IDictionary<string, double> results, bool quick)
    {
        ArgumentNullException.ThrowIfNull(results);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        long began = Stopwatch.GetTimestamp();
        BookEngine engine = _scene.Book(Million, Positions, LaneWidths.Best, Environment.ProcessorCount);
        results["book.load.1M.seconds"] = Stopwatch.GetElapsedTime(began).TotalSeconds;
        engine.Reckon(_scene.Checkpoint);
        results["book.bytesPerPosition"] = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)(Million * Positions);
        int repeats = quick ? 10 : 40;
        double full = Fastest(() => engine.Reckon(Later()), repeats);
        results["book.full.1M.ms"] = full * 1e3;
        results["book.sweptPerAccount"] = engine.Swept / (double)Million;
        double tick = 0;
        int touched = 0;
        for (int u = 0; u < 6; u++)
        {
            int underlying = u;
            tick += Fastest(() => touched = engine.Reckon(_scene.Tick(underlying, ++_step % 2 == 0 ? -100 : 100)), repeats / 4) / 6;
        }

        results["book.tick.1M.ms"] = tick * 1e3;
        results["book.perPositionScenario.ns"] = full / Million / Positions / Scenarios.Count * 1e9;
        var random = new Random(3);
        results["book.trade.us"] = Fastest(
            () =>
            {
                for (int i = 0; i < 2; i++)
                {
                    (AccountState state, Balance[] balances) = _scene.Account(random, Positions);
                    engine.Set((ulong)random.Next(Million) + 1, state, balances);
                }

                engine.Reckon(_scene.Checkpoint);
            },
            10 * repeats) * 1e6;
        Console.WriteLine($"{engine.UnderWater().Count} accounts under water, {touched} touched by a tick of the last underlying");
    }

    private Checkpoint Later() => _scene.Checkpoint with { Header = _scene.Checkpoint.Header with { Time = BookScene.Time + (++_step % 60) } };

    private static double Fastest(Action action, int repeats)
    {
        double fastest = double.MaxValue;
        for (int i = 0; i < repeats + 3; i++)
        {
            long began = Stopwatch.GetTimestamp();
            action();
            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(began).TotalSeconds);
        }

        return fastest;
    }
}
