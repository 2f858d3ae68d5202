using System.Diagnostics;
using OnchainMargin.Bench.Book;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Merkle;

namespace OnchainMargin.Bench.Solver;

/// <summary>A hundred million accounts as a hundred shards by number. One shard after another runs here, on all processors of this machine, and times are added up: a fleet of such machines needs
/// the longest of them and the combining of the roots, one machine needs their sum.</summary>
internal static class ShardBench
{
    private const int Million = 1_000_000;
    private const int Shards = 100;
    private const int QuickStep = 50;
    private const int Positions = 8;

    public static void Run(IDictionary<string, double> results, bool quick)
    {
        // In quick runs two shards are computed and their sum is scaled to all of them.
        int step = quick ? QuickStep : 1;
        (double reckoned, double attested, double longest, double under) = (0, 0, 0, 0);
        var roots = new List<Hash32>();
        for (int shard = 0; shard < Shards; shard += step)
        {
            var scene = new BookScene();
            BookEngine engine = scene.Book(Million, Positions, LaneWidths.Best, Environment.ProcessorCount, shard);
            engine.Reckon(scene.Checkpoint);

            // What each shard does with the prices that are fanned out: the whole book at another time, and who is under water.
            long began = Stopwatch.GetTimestamp();
            engine.Reckon(scene.Checkpoint with { Header = scene.Checkpoint.Header with { Time = BookScene.Time + 1 } });
            under += engine.UnderWater().Count;
            double book = Stopwatch.GetElapsedTime(began).TotalSeconds;
            began = Stopwatch.GetTimestamp();
            roots.Add(Root(engine));
            double root = Stopwatch.GetElapsedTime(began).TotalSeconds;
            (reckoned, attested, longest) = (reckoned + book, attested + root, Math.Max(longest, book + root));
        }

        long combining = Stopwatch.GetTimestamp();
        _ = StandardMerkleTree.Build([.. roots]).Root;
        double combined = Stopwatch.GetElapsedTime(combining).TotalSeconds;
        results["shards.100M.book.seconds"] = reckoned * step;
        results["shards.100M.attest.seconds"] = attested * step;
        results["shards.100M.fleetOf100.ms"] = (longest + combined) * 1e3;
        results["shards.100M.underWater"] = under * step;
    }

    private static Hash32 Root(BookEngine engine)
    {
        var attestations = new RiskRegistry.RiskAttestation[engine.Count];
        Parallel.For(0, attestations.Length, i =>
        {
            ulong account = (ulong)i + 1;
            engine.TryFind(account, out AccountFigures figures, out _);

            // Hashes of positions and collateral are kept with an account; their values take no part in the time.
            attestations[i] = new RiskRegistry.RiskAttestation(
                account, new Hash32(account, 1, 2, 3), Keccak256.Empty, figures.LeastCashE8, (long)figures.InitialE8, (long)figures.MaintenanceE8, 1, Keccak256.Empty, 1_700_000_600);
        });
        return new AttestedBook(1, attestations, null, Environment.ProcessorCount).Root;
    }
}
