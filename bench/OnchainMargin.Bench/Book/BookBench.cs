using System.Diagnostics;
using System.Globalization;
using OnchainMargin.Margin;

namespace OnchainMargin.Bench.Book;

/// <summary>The whole book: full passes, ticks of one underlying, trades; how cost grows; and the limits of the machine beside it.</summary>
public sealed class BookBench
{
    private const int Million = 1_000_000;
    private const int Positions = 8;
    private const int PositionBytes = sizeof(int) + sizeof(long);
    private const int Grown = 20_000;
    private const int Strange = 102_400;
    private const int Most = 128;

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
        double full = Stopwatches.Fastest(() => engine.Reckon(Later()), repeats);
        results["book.full.1M.ms"] = full * 1e3;
        results["book.sweptPerAccount"] = engine.Swept / (double)Million;
        double tick = 0;
        int touched = 0;
        for (int u = 0; u < 6; u++)
        {
            int underlying = u;
            tick += Stopwatches.Fastest(() => touched = engine.Reckon(_scene.Tick(underlying, ++_step % 2 == 0 ? -100 : 100)), repeats / 4) / 6;
        }

        results["book.tick.1M.ms"] = tick * 1e3;
        results["book.tick.allocatedBytes"] = Allocated(() => engine.Reckon(_scene.Tick(0, 100)));
        results["book.full.allocatedBytes"] = Allocated(() => engine.Reckon(Later()));
        results["book.perPositionScenario.ns"] = full / Million / Positions / Scenarios.Count * 1e9;
        var random = new Random(3);
        results["book.trade.us"] = Stopwatches.Fastest(
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
        MachineLimits.Run(results);

        // The book cannot be faster than its positions are read, nor than one product a position and scenario is added.
        double reading = Million * Positions * PositionBytes / (results["limit.dram.allCores.GBps"] * 1e9);
        double products = (double)Million * Positions * Scenarios.Count / (results["limit.multiplyAdd.L2.1core.Gps"] * 1e9 * Environment.ProcessorCount);
        results["book.limitFraction"] = Math.Max(reading, products) / full;
        Console.WriteLine($"{engine.UnderWater().Count} accounts under water, {touched} touched by a tick of the last underlying");
    }

    /// <summary>How the time of a pass grows: with accounts, and with positions of an account.</summary>
    public void Grow(IDictionary<string, double> results, bool quick)
    {
        ArgumentNullException.ThrowIfNull(results);
        foreach (int thousands in new[] { 1, 10, 100 })
        {
            BookEngine engine = _scene.Book(thousands * 1_000, Positions, LaneWidths.Best, Environment.ProcessorCount);
            engine.Reckon(_scene.Checkpoint);
            results[string.Create(CultureInfo.InvariantCulture, $"book.full.{thousands}k.ms")] = Stopwatches.Fastest(() => engine.Reckon(Later()), quick ? 20 : 60) * 1e3;
        }

        foreach (int positions in new[] { 1, 2, 4, 8, 16, 32, 64 })
        {
            BookEngine engine = _scene.Book(Grown, positions, LaneWidths.Best, Environment.ProcessorCount);
            engine.Reckon(_scene.Checkpoint);
            results[string.Create(CultureInfo.InvariantCulture, $"book.perAccount.{positions}positions.us")] = Stopwatches.Fastest(() => engine.Reckon(Later()), quick ? 10 : 40) / Grown * 1e6;
        }
    }

    /// <summary>What strikes that nobody else holds cost a book, two surfaces of each in force: bytes kept after a pass, and the time of one.</summary>
    public void Strikes(IDictionary<string, double> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        var engine = new BookEngine();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Strange; i += Most)
        {
            engine.Set((ulong)i + 1, BookScene.Strange(i, Most), []);
        }

        results["book.strikes.100k.ms"] = Stopwatches.Fastest(() => engine.Reckon(_scene.Published(++_step)), 3) * 1e3;
        results["book.bytesPerStrike"] = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)Strange;
        GC.KeepAlive(engine);
    }

    /// <summary>The bytes that one run allocates on all threads.</summary>
    private static double Allocated(Action work)
    {
        long before = GC.GetTotalAllocatedBytes(precise: true);
        work();
        return GC.GetTotalAllocatedBytes(precise: true) - before;
    }

    private Checkpoint Later() => _scene.Checkpoint with { Header = _scene.Checkpoint.Header with { Time = BookScene.Time + (++_step % 60) } };
}
