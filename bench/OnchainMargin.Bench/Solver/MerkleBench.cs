using OnchainMargin.Bench.Ethereum;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Merkle;

namespace OnchainMargin.Bench.Solver;

/// <summary>What it costs to attest a book of a million: leaves, order, root; what changes cost; a proof; and the hashes that all of it is made of.</summary>
internal static class MerkleBench
{
    private const int Million = 1_000_000;
    private const int Changes = 100;
    private const int Messages = 4096;

    public static void Run(IDictionary<string, double> results, bool quick)
    {
        RunHashes(results, quick);
        var random = new Random(11);
        RiskRegistry.RiskAttestation[] attestations = [.. Enumerable.Range(1, Million).Select(i => new RiskRegistry.RiskAttestation(
            (ulong)i, Word(random), Word(random), random.NextInt64(), random.NextInt64(), random.NextInt64(), 7, Keccak256.Empty, 1_700_000_600))];
        int workers = Environment.ProcessorCount;
        int repeats = quick ? 6 : 20;
        Hash32[] leaves = [];
        results["merkle.1M.ms"] = 1e3 * Stopwatches.Fastest(() => _ = new AttestedBook(7, attestations, null, workers).Root, repeats);
        results["merkle.leaves.1M.ms"] = 1e3 * Stopwatches.Fastest(() => leaves = AttestedBook.LeavesOf(attestations, 7, workers)!, repeats);
        results["merkle.sort.1M.ms"] = 1e3 * Stopwatches.Fastest(() => _ = LeafOrder.Of(leaves, workers), repeats);
        results["merkle.tree.1M.ms"] = 1e3 * Stopwatches.Fastest(() => _ = StandardMerkleTree.Build(leaves, sort: false, workers).Root, repeats);
        int[] changed = [.. Enumerable.Range(0, Changes).Select(i => i * (Million / Changes))];
        Hash32[] hashes = new Hash32[Changes];
        StandardMerkleTree sorted = StandardMerkleTree.Build(leaves, sort: true, workers);
        StandardMerkleTree given = StandardMerkleTree.Build(leaves, sort: false, workers);
        results["merkle.update1.1M.ms"] = 1e3 * Stopwatches.Fastest(() => sorted.Update([random.Next(Million)], [Word(random)]), repeats);
        results["merkle.update100.1M.ms"] = 1e3 * Stopwatches.Fastest(() => sorted.Update(changed, Fresh(hashes, random)), repeats);
        results["merkle.update100.unsorted.1M.us"] = 1e6 * Stopwatches.Fastest(() => given.Update(changed, Fresh(hashes, random)), 10 * repeats);
        var book = new AttestedBook(7, attestations, null, workers);
        results["merkle.proof.us"] = 1e6 * Stopwatches.Seconds(() => book.Find((ulong)random.Next(Million) + 1), quick);
    }

    private static void RunHashes(IDictionary<string, double> results, bool quick)
    {
        var messages = new byte[32 * Messages];
        new Random(1).NextBytes(messages);
        var hashes = new Hash32[Messages];
        foreach (KeccakWidth width in Enum.GetValues<KeccakWidth>())
        {
            results[$"merkle.keccak32.lanes{(int)width}.ns"] = 1e9 / Messages * Stopwatches.Seconds(() => KeccakMany.Hash(messages, 32, hashes, width), quick);
        }
    }

    private static Hash32[] Fresh(Hash32[] hashes, Random random)
    {
        for (int i = 0; i < hashes.Length; i++)
        {
            hashes[i] = Word(random);
        }

        return hashes;
    }

    private static Hash32 Word(Random random)
    {
        Span<byte> bytes = stackalloc byte[Hash32.Size];
        random.NextBytes(bytes);
        return new Hash32(bytes);
    }
}
