using System.Diagnostics;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Risk;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Bench.Solver;

/// <summary>A cold sync over HTTP into the store on disk, and a restart from it until the whole book is computed.</summary>
internal static class IngestBench
{
    private const int Million = 1_000_000;
    private const int AccountsPerBlock = 1000;

    public static void Run(IDictionary<string, double> results)
    {
        string folder = Directory.CreateTempSubdirectory("omargin-bench-").FullName;
        try
        {
            TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
            results["sync.eventsPerSecond"] = SyncAsync(Path.Combine(folder, "sync.db")).GetAwaiter().GetResult();
            results["sync.1M.processorSeconds"] = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
            Restart(Path.Combine(folder, "restart.db"), results);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double> SyncAsync(string file)
    {
        var book = new BenchBook();
        using var node = new LogNode(book, Million);
        using var rpc = new HttpRpcClient(node.Endpoint);
        using SolverStore store = BenchStore.Open(file, book.Deployment);
        var follower = new ChainFollower(new NodeChainSource(new EthereumNode(rpc), ProtocolEmitters.Of(book.Deployment.Contracts)), store, 1, 0, LogNode.BlocksPerPage);
        long began = Stopwatch.GetTimestamp();
        int events = 0;
        while (events < Million)
        {
            IndexStep step = await follower.RunOnceAsync(CancellationToken.None);
            events += step.Logs.Count;
        }

        return events / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    private static void Restart(string file, IDictionary<string, double> results)
    {
        var book = new BenchBook();
        using (SolverStore store = BenchStore.Open(file, book.Deployment))
        {
            store.Append([Block(1)], [book.CheckpointLog(BenchBook.Inputs(book.Scene.Checkpoint), 1)]);
            for (int first = 0; first < Million; first += AccountsPerBlock)
            {
                ulong block = (ulong)(2 + (first / AccountsPerBlock));
                LogEntry[] logs = [.. Enumerable.Range(0, AccountsPerBlock).SelectMany(i => book.Logs((ulong)(first + i + 1), block, (uint)(2 * i)))];
                store.Append([Block(block)], logs);
            }
        }

        GC.Collect();
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        long began = Stopwatch.GetTimestamp();
        using SolverStore opened = BenchStore.Open(file, book.Deployment);
        var index = new BookIndex(book.Deployment, opened);
        index.Rebuild();
        results["restart.1M.index.seconds"] = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var follower = new BookFollower(SurfaceChoice.Present, RiskSnapshot.Form, rotation: 0, Environment.ProcessorCount);
        RiskSnapshot snapshot = RiskSnapshot.Of(follower, index.Book, index.Book.LatestCheckpoint!);
        results["restart.1M.seconds"] = Stopwatch.GetElapsedTime(began).TotalSeconds;
        results["restart.1M.processorSeconds"] = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        Console.WriteLine($"{snapshot.Book.Accounts.Count} accounts after a restart, {snapshot.UnderWater.Length} under water");
    }

    private static StoredBlock Block(ulong number) => new(number, BenchBook.HashOf(number), BenchBook.HashOf(number - 1), 1_700_000_000 + number);
}
