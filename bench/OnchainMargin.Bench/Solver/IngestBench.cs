using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Risk;
using OnchainMargin.Solver.Snapshots;
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
        var follower = new ChainFollower(new NodeChainSource(new EthereumNode(rpc), book.Deployment.ChainId, ProtocolEmitters.Of(book.Deployment.Contracts)), store, 1, 0, LogNode.BlocksPerPage);
        long began = Stopwatch.GetTimestamp();
        int events = 0;
        while (events < Million)
        {
            IndexStep step = await follower.RunOnceAsync(CancellationToken.None);
            events += step.Logs.Count;
        }

        return events / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }

    /// <summary>A restart from nothing but logs, two an account; then one from a snapshot of these accounts and as many logs after it as come before the next is written.</summary>
    private static void Restart(string file, IDictionary<string, double> results)
    {
        var book = new BenchBook();
        ulong block = 1;
        using (SolverStore store = BenchStore.Open(file, book.Deployment))
        {
            store.Append([Block(block)], [book.CheckpointLog(BenchBook.Inputs(book.Scene.Checkpoint), block)]);
            for (int first = 0; first < Million; first += AccountsPerBlock)
            {
                block++;
                LogEntry[] logs = [.. Enumerable.Range(0, AccountsPerBlock).SelectMany(i => book.Logs((ulong)(first + i + 1), block, (uint)(2 * i)))];
                store.Append([Block(block)], logs);
            }
        }

        Ready(file, book, "restart.1M", results);
        using (SolverStore store = BenchStore.Open(file, book.Deployment))
        {
            block++;
            Checkpoint next = book.Scene.Checkpoint with { Header = book.Scene.Checkpoint.Header with { Id = book.Scene.Checkpoint.Header.Id + 1 } };
            store.Append([Block(block)], [book.CheckpointLog(BenchBook.Inputs(next), block)]);
            Write(store, book, results);
            for (int first = 0; first < Million / 4; first += AccountsPerBlock)
            {
                block++;
                LogEntry[] logs = [.. Enumerable.Range(0, AccountsPerBlock).SelectMany(i => book.Logs((ulong)(first + i + 1), block, (uint)(2 * i), version: 2).Skip(1))];
                store.Append([Block(block)], logs);
            }
        }

        Ready(file, book, "restart.1M.snapshot", results);
    }

    private static void Ready(string file, BenchBook book, string key, IDictionary<string, double> results)
    {
        GC.Collect();
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        long began = Stopwatch.GetTimestamp();
        using SolverStore opened = BenchStore.Open(file, book.Deployment);
        var index = new BookIndex(book.Deployment, opened, Snapshots(opened, book));
        index.Rebuild();
        results[key + ".index.seconds"] = Stopwatch.GetElapsedTime(began).TotalSeconds;
        var follower = RiskSnapshot.Follower(Environment.ProcessorCount);
        RiskSnapshot snapshot = RiskSnapshot.Of(follower, index.Book, index.Book.LatestCheckpoint!);
        results[key + ".seconds"] = Stopwatch.GetElapsedTime(began).TotalSeconds;
        results[key + ".processorSeconds"] = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        Console.WriteLine($"{snapshot.Book.Accounts.Count} accounts after a restart by {index.Logs} logs, {snapshot.UnderWater.Length} under water");
    }

    /// <summary>Writes the snapshot, while another asks the store again and again, as keeper and index do.</summary>
    private static void Write(SolverStore store, BenchBook book, IDictionary<string, double> results)
    {
        var index = new BookIndex(book.Deployment, store, Snapshots(store, book));
        index.Rebuild();
        using var stop = new CancellationTokenSource();
        var waits = new List<double>();
        var asking = new Thread(() =>
        {
            while (!stop.Token.WaitHandle.WaitOne(1))
            {
                long asked = Stopwatch.GetTimestamp();
                _ = store.Head();
                waits.Add(Stopwatch.GetElapsedTime(asked).TotalMilliseconds);
            }
        });
        asking.Start();
        TimeSpan before = Process.GetCurrentProcess().TotalProcessorTime;
        long began = Stopwatch.GetTimestamp();
        Snapshots(store, book).Write(index.Book, CancellationToken.None);
        results["snapshot.1M.write.seconds"] = Stopwatch.GetElapsedTime(began).TotalSeconds;
        results["snapshot.1M.write.processorSeconds"] = (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
        stop.Cancel();
        asking.Join();
        waits.Sort();
        results["snapshot.1M.write.wait.p99.ms"] = waits[waits.Count * 99 / 100];
        results["snapshot.1M.write.wait.most.ms"] = waits[^1];
        results["snapshot.1M.bytes"] = store.SnapshotParts(store.FindSnapshot()!).Sum(static part => (double)part.Length);
    }

    private static BookSnapshots Snapshots(SolverStore store, BenchBook book) => new(book.Deployment, store, TimeProvider.System, NullLogger<BookSnapshots>.Instance);

    private static StoredBlock Block(ulong number) => new(number, BenchBook.HashOf(number), BenchBook.HashOf(number - 1), 1_700_000_000 + number);
}
