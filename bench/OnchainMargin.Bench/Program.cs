using System.Diagnostics;
using System.Text.Json;
using OnchainMargin.Bench.Book;
using OnchainMargin.Bench.Ethereum;
using OnchainMargin.Bench.Margin;
using OnchainMargin.Bench.Models;
using OnchainMargin.Bench.Solver;

// Runs every bench and writes its figures as one flat JSON map: OnchainMargin.Bench [--quick] [--only=NAME] FILE. scripts/bench.sh adds the rest.
bool quick = args.Contains("--quick", StringComparer.Ordinal);
if (args is not [.., var file] || file.StartsWith("--", StringComparison.Ordinal))
{
    Console.Error.WriteLine("error: the file for the figures is missing: give its name last, or run scripts/bench.sh.");
    return 2;
}

string? only = args.FirstOrDefault(static word => word.StartsWith("--only=", StringComparison.Ordinal))?["--only=".Length..];
(string Name, Action<IDictionary<string, double>> Run)[] benches =
[
    ("Ethereum", results => new EthereumBench().Run(results, quick)),
    ("Book", results => new BookBench().Run(results, quick)),
    ("Growth", results => new BookBench().Grow(results, quick)),
    ("Strikes", results => new BookBench().Strikes(results)),
    ("Margin", results => new MarginBench().Run(results, quick)),
    ("Command", CommandBench.Run),
    ("Kernels", results => KernelBenchmarks.Run(results, quick)),
    ("Models", results => VarBench.Run(results, quick)),
    ("Merkle", results => MerkleBench.Run(results, quick)),
    ("Ingest", IngestBench.Run),
    ("Latency", results => LatencyBench.Run(results, quick)),
    ("Collector", results => CollectorBench.Run(results, isNamed: only is not null)),
    ("Shards", results => ShardBench.Run(results, quick)),
];
if (only is not null && !benches.Any(bench => string.Equals(bench.Name, only, StringComparison.Ordinal)))
{
    Console.Error.WriteLine($"error: there is no bench '{only}': name one of {string.Join(", ", benches.Select(static bench => bench.Name))}.");
    return 2;
}

var all = new SortedDictionary<string, double>(StringComparer.Ordinal);
foreach ((string name, Action<IDictionary<string, double>> run) in benches.Where(bench => only is null || string.Equals(bench.Name, only, StringComparison.Ordinal)))
{
    long began = Stopwatch.GetTimestamp();
    run(all);
    Console.WriteLine($"{name}: {Stopwatch.GetElapsedTime(began).TotalSeconds:F1} s");
}

File.WriteAllText(file, JsonSerializer.Serialize(all));
return 0;
