using System.Collections.Immutable;
using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Keeping;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Bench.Solver;

/// <summary>
/// From a block's header on the socket to the signed liquidation in the node's hands, by the keeper itself, over loopback, with a million accounts and twenty that each price sinks: against a node that answers at once,
/// and beside a Hardhat node where that is installed.
/// </summary>
internal static class LatencyBench
{
    private const int Million = 1_000_000;
    private const int AtOnce = 20;
    private const int WarmUps = 3;
    private const int Ether = 2;
    private const long One = 100_000_000;
    private const long StepPer100Thousand = -30;
    private const string Rich = "0x56bc75e2d63100000";

    public static void Run(IDictionary<string, double> results, bool quick) => RunAsync(results, WarmUps + (quick ? 12 : 100), WarmUps + (quick ? 8 : 40)).GetAwaiter().GetResult();

    private static async Task RunAsync(IDictionary<string, double> results, int rounds, int hardhatRounds)
    {
        var scene = new BenchBook();
        (ProtocolBook book, ulong[][] sinking, CheckpointInputs[] prices) = Prepare(scene, rounds + hardhatRounds);
        using var key = PrivateKey.Parse(1.ToString("x64", System.Globalization.CultureInfo.InvariantCulture), "the bench");
        using (var stub = new LatencyNode())
        using (var stages = new StageTimes())
        {
            (book, Times times) = await MeasureAsync(scene, book, sinking[..rounds], prices[..(rounds + 1)], stub, key, stages, isStub: true);
            results["latency.oracleToTx.p50.ms"] = Part(times.Quiet, 50);
            results["latency.oracleToTx.p99.ms"] = Part(times.Quiet, 99);
            results["latency.busy.oracleToTx.p50.ms"] = Part(times.Busy, 50);
            results["latency.busy.oracleToTx.p99.ms"] = Part(times.Busy, 99);
            results["latency.gcPause.most.ms"] = times.Paused.Max();
            results["latency.gcPause.share"] = times.Paused.Sum() / times.Lasted.Sum();
            results["latency.part.wake.p50.ms"] = Part(times.Asked, 50);
            results["latency.workingSet.GB"] = Environment.WorkingSet / 1e9;
            stages.Write(results, "latency.part");
        }

        if (!HardhatProcess.IsInstalled)
        {
            Console.WriteLine("  not measured beside a Hardhat node: npm ci installs it");
            return;
        }

        await using HardhatProcess process = await HardhatProcess.StartAsync();
        using var real = new LatencyNode(process.Http);
        real.Ask("evm_setAutomine", "[false]");
        real.Ask("hardhat_setBalance", $"[\"{key.Address}\",\"{Rich}\"]");
        using var parts = new StageTimes();
        (_, Times beside) = await MeasureAsync(scene, book, sinking[rounds..], prices[rounds..], real, key, parts, isStub: false);
        results["latency.hardhat.oracleToTx.p50.ms"] = Part(beside.Quiet, 50);
        results["latency.hardhat.oracleToTx.p99.ms"] = Part(beside.Quiet, 99);
        parts.Write(results, "latency.hardhat.part");
    }

    /// <summary>Has a keeper go through prices, each of which sinks twenty accounts.</summary>
    /// <returns>The book afterwards, and what it took.</returns>
    private static async Task<(ProtocolBook Book, Times Times)> MeasureAsync(
        BenchBook scene, ProtocolBook book, ulong[][] sinking, CheckpointInputs[] prices, LatencyNode stub, PrivateKey key, StageTimes stages, bool isStub)
    {
        string folder = Directory.CreateTempSubdirectory("omargin-bench-").FullName;
        stub.Set(prices[0]);
        using var rpc = new HttpRpcClient(stub.Endpoint);
        var node = new EthereumNode(rpc, ProtocolErrors.Decoder);
        ProtocolClient client = await ProtocolClient.ConnectAsync(node, scene.Deployment);
        using SolverStore store = BenchStore.Open(Path.Combine(folder, "keeper.db"), scene.Deployment);
        using var relay = new PrivateRelay(new TransactionOptions());
        var transactionNode = new NodeTransactions(node, scene.Deployment.ChainId, relay, new TransactionOptions(), TimeProvider.System);
        using var manager = new TransactionManager(transactionNode, new SigningKey(key, scene.Deployment.ChainId), store, new TransactionOptions(), TimeProvider.System, NullLogger<TransactionManager>.Instance);
        var books = new Broadcast<IndexedBook>();
        var ticks = new Broadcast<HeadTick>();
        using var keeper = new KeeperRole(books, ticks, client, manager, transactionNode, new KeeperOptions { PollMilliseconds = 600_000, DutyCostE8 = long.MaxValue }, TimeProvider.System, NullLogger<KeeperRole>.Instance);
        await using var socket = new WebSocketRpcClient(new WebSocketRpcOptions { Endpoint = stub.Socket }, TimeProvider.System);
        using var listener = new HeadListener(socket, new HeadSignal(), ticks, TimeProvider.System, NullLogger<HeadListener>.Instance);
        using Broadcast<HeadTick>.Subscription headers = ticks.Subscribe();
        await listener.StartAsync(CancellationToken.None);
        books.Publish(new IndexedBook(book, ImmutableSortedDictionary<ulong, ProtocolBook>.Empty, book.BlockNumber));
        await keeper.WaitAsync(CancellationToken.None);
        await SettleAsync(keeper);
        stub.Arrivals.Clear();
        var times = new Times([], [], [], [], []);
        for (int round = 0; round < sinking.Length; round++)
        {
            // Of the stub every other price comes while the keeper still looks at the whole book at the price before.
            bool isBusy = isStub && round % 2 == 1;
            stub.Set(prices[round + 1]);
            stages.Begin(isKept: round >= WarmUps && !isBusy);
            Task waiting = keeper.WaitAsync(CancellationToken.None);
            TimeSpan paused = GC.GetTotalPauseDuration();
            long told = Stopwatch.GetTimestamp();
            Task telling = stub.TellAsync((ulong)round + 2);
            if (!isStub)
            {
                // Mining takes a real node its time; what counts begins with the header.
                await headers.NextAsync(CancellationToken.None);
                told = Stopwatch.GetTimestamp();
            }

            await waiting;
            await keeper.RunOnceAsync(CancellationToken.None);
            await telling;
            if (round >= WarmUps)
            {
                times.Paused.Add((GC.GetTotalPauseDuration() - paused).TotalMilliseconds);
                times.Lasted.Add(Stopwatch.GetElapsedTime(told).TotalMilliseconds);
                times.Asked.Add(Stopwatch.GetElapsedTime(told, stub.LiveAskedAt).TotalMilliseconds);
                (isBusy ? times.Busy : times.Quiet).AddRange(stub.Arrivals.Select(at => Stopwatch.GetElapsedTime(told, at).TotalMilliseconds));
            }

            if (stub.Arrivals.Count != AtOnce)
            {
                throw new InvalidOperationException($"Round {round} brought {stub.Arrivals.Count} transactions instead of {AtOnce}; the bench's book is not what it should be.");
            }

            if (isBusy || !isStub)
            {
                await SettleAsync(keeper);
            }

            stub.Arrivals.Clear();

            // The chain takes the accounts into lots.
            stub.Mined += AtOnce;
            book = book with { Accounts = sinking[round].Aggregate(book.Accounts, static (table, id) => table.With(table[id] with { OpenLot = id })) };
            books.Publish(new IndexedBook(book, ImmutableSortedDictionary<ulong, ProtocolBook>.Empty, book.BlockNumber));
            await keeper.WaitAsync(CancellationToken.None);
        }

        await listener.StopAsync(CancellationToken.None);
        Directory.Delete(folder, recursive: true);
        return (book, times);
    }

    /// <summary>A book in which nobody is near water but twenty accounts a round, long ether, that the price of that round sinks.</summary>
    private static (ProtocolBook Book, ulong[][] Sinking, CheckpointInputs[] Prices) Prepare(BenchBook scene, int rounds)
    {
        var accounts = new BookAccount[Million];
        CheckpointInputs first = BenchBook.Inputs(scene.Scene.Checkpoint);
        for (int i = 0; i < Million; i++)
        {
            accounts[i] = scene.Account((ulong)i + 1);
        }

        Parallel.For(0, Million, i =>
        {
            // Safe from anything that these few steps of price can do.
            AccountFigures figures = MarginEngine.Compute(accounts[i].State, accounts[i].Balances.AsSpan(), first.View, SurfaceChoice.Better);
            Int128 lacking = (3 * figures.MaintenanceE8) - figures.EquityE8 + (1_000 * One);
            accounts[i] = lacking <= 0 ? accounts[i] : With(accounts[i], accounts[i].State with { CashE8 = accounts[i].State.CashE8 + lacking });
        });
        var prices = new CheckpointInputs[rounds + 1];
        prices[0] = first;
        for (int round = 1; round <= rounds; round++)
        {
            prices[round] = BenchBook.Inputs(scene.Scene.Tick(Ether - 1, StepPer100Thousand));
        }

        var sinking = new ulong[rounds][];
        for (int round = 0; round < rounds; round++)
        {
            sinking[round] = [.. Enumerable.Range(0, AtOnce).Select(i => (ulong)((round * AtOnce) + i + 1))];
            foreach (ulong id in sinking[round])
            {
                var state = new AccountState { InterestIndexE12 = accounts[id - 1].State.InterestIndexE12, Positions = [new Position(Instrument.Perpetual(Ether), 10 * One, 0)] };

                // Between this round's price and the one before.
                Int128 before = Lacking(state, prices[round].View);
                Int128 after = Lacking(state, prices[round + 1].View);
                accounts[id - 1] = With(accounts[id - 1] with { Balances = [] }, state with { CashE8 = (before + after) / 2 });
            }
        }

        ProtocolBook book = ProtocolBook.Empty with
        {
            BlockNumber = 1,
            Accounts = AccountTable.Of(accounts),
            Checkpoints = ImmutableSortedDictionary<ulong, CheckpointInputs>.Empty.Add(first.Id, first),
        };
        return (book, sinking, prices);
    }

    /// <summary>The cash at which the account would be just above water.</summary>
    private static Int128 Lacking(AccountState state, CheckpointView view)
    {
        AccountFigures figures = MarginEngine.Compute(state, [], view, SurfaceChoice.Better);
        return figures.MaintenanceE8 - figures.EquityE8;
    }

    private static BookAccount With(BookAccount account, AccountState state)
    {
        byte[] bytes = state.Pack();
        return account with { State = state, StateBytes = bytes, StateHash = OnchainMargin.Ethereum.Hashing.Keccak256.Hash(bytes) };
    }

    /// <summary>Lets the keeper end its look at the whole book and act upon it.</summary>
    private static async Task SettleAsync(KeeperRole keeper)
    {
        await keeper.RunOnceAsync(CancellationToken.None);
        while (keeper.WholeLook is { } look)
        {
            await look;
            await keeper.RunOnceAsync(CancellationToken.None);
        }
    }

    private static double Part(List<double> values, int percent)
    {
        values.Sort();
        return values[values.Count * percent / 100];
    }

    /// <summary>Milliseconds from a header to each transaction, of rounds by themselves and of those beside a look at the whole book, and to the question for prices; how long rounds lasted, and for how much of each the collector stopped everything.</summary>
    private sealed record Times(List<double> Quiet, List<double> Busy, List<double> Asked, List<double> Paused, List<double> Lasted);
}
