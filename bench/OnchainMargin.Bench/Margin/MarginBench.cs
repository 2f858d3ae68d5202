using System.Diagnostics;
using OnchainMargin.Margin;

namespace OnchainMargin.Bench.Margin;

/// <summary>Speed of the scalar engine: the option kernel, and an account of 16 options with everything.</summary>
public sealed class MarginBench
{
    private const long One = 100_000_000;
    private const long Time = 1_584_000_000;
    internal const int Strikes = 64;
    private const int Options = 16;
    private const int TableExpiries = 20;
    private const int TableStrikes = 100;
    private const double Nanoseconds = 1e9;
    private const double Microseconds = 1e6;
    private const double Milliseconds = 1e3;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1.5);

    private readonly ExpiryTerms _terms = new(UnderlyingOf(), UnderlyingOf().Expiries[0], delayed: false, Time, range => new RangeNodes(range));

    private readonly ExpiryTerms[] _table = [.. Enumerable.Range(1, TableExpiries).Select(i => new ExpiryTerms(UnderlyingOf(), TableExpiry(i), delayed: false, Time, range => new RangeNodes(range)))];

    private long _sink;

    /// <summary>
    /// Measures, and adds <c>kernel.black76.exact.ns</c> (an option and scenario, the strike's volatility included), its ratio to doubles in the same run,
    /// <c>kernel.table2000x37.ms</c> (2,000 calls of 20 expiries at all scenarios, on all processors, and on one),
    /// <c>margin.account16.us</c> (at a prepared checkpoint, its 16 instruments new to it) and <c>margin.account16.warm.us</c> (instruments known, as for all but the first account).
    /// </summary>
    /// <param name="results">Where the figures go.</param>
    /// <param name="quick">Fewer repeats.</param>
    public void Run(IDictionary<string, double> results, bool quick)
    {
        ArgumentNullException.ThrowIfNull(results);
        int repeats = quick ? 15 : 101;
        double exact = Fastest(Kernel, 20, repeats) / (Strikes * Scenarios.Count) * Nanoseconds;
        double floating = Fastest(Floating, 20, repeats) / (Strikes * Scenarios.Count) * Nanoseconds;
        results["kernel.black76.exact.ns"] = exact;
        results["kernel.black76.double.ns"] = floating;
        results["kernel.black76.ratioToDouble"] = exact / floating;
        results["kernel.table2000x37.1thread.ms"] = Fastest(() => Table(1), 1, repeats) * Milliseconds;
        results["kernel.table2000x37.ms"] = Fastest(() => Table(Environment.ProcessorCount), 1, repeats) * Milliseconds;
        Checkpoint checkpoint = CheckpointOf();
        AccountState state = StateOf();
        var view = new CheckpointView(checkpoint);
        results["margin.account16.warm.us"] = Fastest(() => _sink += (long)MarginEngine.Compute(state, [], view).InitialE8, 50, repeats) * Microseconds;
        results["margin.account16.us"] = FastestCold(checkpoint, state, repeats) * Microseconds;
        if (_sink == 0)
        {
            throw new InvalidOperationException("The bench computed nothing.");
        }
    }

    private static UnderlyingRecord UnderlyingOf()
    {
        var surface = new Surface(152 * One, 152 * One, 300_000_000_000, 900_000_000_000, -20_000_000, 0, 20_000_000);
        return new UnderlyingRecord(
            1, 1, MarketState.Normal, 152 * One, 152 * One, One / 10, 1000 * One, 152 * One, 0, 5000 * One,
            new RiskParameters(16_000_000, 50_000_000, 50_000_000, 1_000_000, 400_000, 7_500_000, 1_000_000, 10_000_000, 5_000_000, 10_000_000, 1_000_000, 1_000_000, 50_000_000),
            [.. Enumerable.Range(1, 2).Select(i => new ExpiryRecord((uint)(Time + (i * 15 * 86_400)), Time, 999_000_000_000, surface, surface))]);
    }

    private static ExpiryRecord TableExpiry(int i) => UnderlyingOf().Expiries[0] with { Expiry = (uint)(Time + (i * 15 * 86_400)) };

    private static Checkpoint CheckpointOf() => new(new CheckpointHeader(1, Time, 130_000_000, 1_000_000_000_000, 1_000_000_000_000), [], [UnderlyingOf()]);

    /// <summary>Sixteen options of sixteen strikes and two expiries, calls and puts, long and short.</summary>
    private static AccountState StateOf() => new()
    {
        CashE8 = 10_000 * One,
        Positions =
        [
            .. Enumerable.Range(0, Options)
                .Select(i => new Position(
                    new Instrument(1, (uint)(Time + ((1 + (i % 2)) * 15 * 86_400)), 1_000_000 + (70_000 * i), (i / 2) % 2 == 0 ? InstrumentKind.Call : InstrumentKind.Put),
                    (i % 3 == 0 ? -1 : 1) * (1 + i) * One,
                    0))
                .OrderBy(p => p.Instrument),
        ],
    };

    /// <summary>64 strikes at all scenarios.</summary>
    internal void Kernel()
    {
        Span<long> row = stackalloc long[Row.Stride];
        for (int i = 0; i < Strikes; i++)
        {
            _terms.FillCall((90 + (2 * i)) * One, row);
            _sink += row[i % Scenarios.Count];
        }
    }

    /// <summary>Calls of all expiries and strikes at all scenarios.</summary>
    private void Table(int threads)
    {
        int next = -1;
        if (threads == 1)
        {
            Some();
        }
        else
        {
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, _ => Some());
        }

        void Some()
        {
            Span<long> row = stackalloc long[Row.Stride];
            long sum = 0;
            while (Interlocked.Increment(ref next) is var at && at < TableExpiries)
            {
                for (int strike = 0; strike < TableStrikes; strike++)
                {
                    _table[at].FillCall((90 + strike) * One, row);
                    sum += row[strike % Scenarios.Count];
                }
            }

            Interlocked.Add(ref _sink, sum);
        }
    }

    /// <summary>The same in doubles with the cheapest distribution function.</summary>
    internal void Floating()
    {
        ReadOnlySpan<double> shocks = [0.6, 1, 1.4];
        double sum = 0;
        for (int i = 0; i < Strikes; i++)
        {
            double strike = 90 + (2 * i);
            double log = Math.Log(strike / 152);
            double vol = Math.Sqrt(0.3 + (0.9 * ((-0.2 * log) + Math.Sqrt((log * log) + 0.04))));
            for (int s = 0; s < Scenarios.Count; s++)
            {
                Scenario scenario = Scenarios.Scenario(s);
                sum += DoubleBlack76.Call(152 * (1 + (0.04 * scenario.Quarters)), strike, vol * shocks[scenario.Volatility + 1], 0.2, 0.999);
            }
        }

        _sink += (long)sum;
    }

    /// <summary>Seconds of one call: the fastest batch, which is what the machine does while nothing else runs on it, after a warm-up long enough for the compiler's last tier.</summary>
    private static double Fastest(Action action, int batch, int repeats)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < WarmUp)
        {
            action();
        }

        double fastest = double.MaxValue;
        for (int i = 0; i < repeats; i++)
        {
            long began = Stopwatch.GetTimestamp();
            for (int j = 0; j < batch; j++)
            {
                action();
            }

            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(began).TotalSeconds / batch);
        }

        return fastest;
    }

    /// <summary>As <see cref="Fastest"/>, each call at a checkpoint made ready before the clock starts.</summary>
    private double FastestCold(Checkpoint checkpoint, AccountState state, int repeats)
    {
        const int Batch = 8;
        var views = new CheckpointView[Batch];
        double fastest = double.MaxValue;
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 8 * repeats || Stopwatch.GetElapsedTime(start) < 2 * WarmUp; i++)
        {
            for (int j = 0; j < Batch; j++)
            {
                views[j] = new CheckpointView(checkpoint);
            }

            long began = Stopwatch.GetTimestamp();
            foreach (CheckpointView view in views)
            {
                _sink += (long)MarginEngine.Compute(state, [], view).InitialE8;
            }

            fastest = Math.Min(fastest, Stopwatch.GetElapsedTime(began).TotalSeconds / Batch);
        }

        return fastest;
    }
}
