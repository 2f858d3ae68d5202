using System.Collections.Immutable;
using System.Runtime.InteropServices;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Merkle;

namespace OnchainMargin.Protocol.Attestations;

/// <summary>The attestations of every account at one checkpoint by one model under one Merkle root: what an epoch stands for. A leaf is of four words that hold all fields but the model, which the epoch names (CLR-055).</summary>
/// <remarks>A leaf names its checkpoint, so the books of two checkpoints share none; those of two blocks that hold the same checkpoint (a reorganisation) share most.</remarks>
public sealed class AttestedBook
{
    private const int ChunkLeaves = 64;
    private const int LeafWords = 4;

    /// <summary>Above this part of changed leaves a tree is built anew rather than brought up to date.</summary>
    private const int FewLeavesDivisor = 8;

    private readonly StandardMerkleTree? _tree;

    /// <summary>Builds the book.</summary>
    /// <param name="checkpoint">The checkpoint that all attestations name.</param>
    /// <param name="attestations">One for each account.</param>
    /// <exception cref="ArgumentException">Thrown when an account is there twice, or an attestation names another checkpoint, or another model than the others.</exception>
    public AttestedBook(ulong checkpoint, IEnumerable<RiskRegistry.RiskAttestation> attestations)
        : this(checkpoint, [.. attestations], null, Environment.ProcessorCount)
    {
    }

    /// <summary>Builds the book, and takes over the tree of another one where nearly all attestations are the same.</summary>
    /// <param name="checkpoint">The checkpoint that all attestations name.</param>
    /// <param name="attestations">One for each account; kept.</param>
    /// <param name="alike">Another book; null for none.</param>
    /// <param name="workers">Threads.</param>
    /// <inheritdoc cref="AttestedBook(ulong, IEnumerable{RiskRegistry.RiskAttestation})" path="/exception"/>
    public AttestedBook(ulong checkpoint, RiskRegistry.RiskAttestation[] attestations, AttestedBook? alike, int workers)
    {
        ArgumentNullException.ThrowIfNull(attestations);
        Checkpoint = checkpoint;
        _tree = alike is null ? null : Adapt(attestations, checkpoint, alike);
        if (_tree is null && attestations.Length > 0)
        {
            _tree = StandardMerkleTree.Build(LeavesOf(attestations, checkpoint, workers) ?? LeavesOf(Sorted(attestations, checkpoint), checkpoint, workers)!, sort: true, workers);
        }

        Attestations = ImmutableCollectionsMarshal.AsImmutableArray(attestations);
    }

    /// <summary>The checkpoint.</summary>
    public ulong Checkpoint { get; }

    /// <summary>The model that all attestations name; zero for a book without accounts.</summary>
    public Hash32 ModelHash => Attestations.Length == 0 ? Hash32.Zero : Attestations[0].ModelHash;

    /// <summary>The attestations by account, ascending.</summary>
    public ImmutableArray<RiskRegistry.RiskAttestation> Attestations { get; }

    /// <summary>The Merkle root; zero for a book without accounts, which no epoch can post.</summary>
    public Hash32 Root => _tree?.Root ?? Hash32.Zero;

    /// <summary>The hash of an attestation's leaf.</summary>
    [SpecRule("CLR-055")]
    public static Hash32 LeafOf(in RiskRegistry.RiskAttestation attestation)
    {
        Span<Hash32> words = stackalloc Hash32[LeafWords];
        Span<Hash32> leaf = stackalloc Hash32[1];
        WriteLeaf(attestation, words);
        KeccakMany.HashFoursTwice(words, leaf);
        return leaf[0];
    }

    /// <summary>What voids and commitments name an attestation by: its leaf and its model, so all its fields.</summary>
    [SpecRule("CLR-055")]
    public static Hash32 HashOf(in RiskRegistry.RiskAttestation attestation) => Keccak256.Hash([.. LeafOf(attestation).ToArray(), .. attestation.ModelHash.ToArray()]);

    /// <summary>The epoch that attesters sign for this book.</summary>
    public RiskRegistry.RiskEpoch ToEpoch(ulong epoch) => new(epoch, Checkpoint, ModelHash, Root, (uint)Attestations.Length);

    /// <summary>Whether this is the book of a posted epoch. The root alone does not say by which model its figures are.</summary>
    public bool IsOf(BookEpoch epoch)
    {
        ArgumentNullException.ThrowIfNull(epoch);
        return Root == epoch.BookRoot && ModelHash == epoch.ModelHash;
    }

    /// <summary>An account's attestation with its proof; null when the account is not in the book.</summary>
    public (RiskRegistry.RiskAttestation Attestation, Hash32[] Proof)? Find(ulong account)
    {
        int from = 0;
        int to = Attestations.Length;
        while (from < to)
        {
            int middle = (from + to) / 2;
            (from, to) = Attestations[middle].Account < account ? (middle + 1, to) : (from, middle);
        }

        return from < Attestations.Length && Attestations[from].Account == account ? (Attestations[from], _tree!.ProofOf(from)) : null;
    }

    /// <summary>The hashes of all leaves, by all threads; null when accounts do not ascend, as they do when they come from a book, or not all name the checkpoint and one model.</summary>
    internal static Hash32[]? LeavesOf(RiskRegistry.RiskAttestation[] attestations, ulong checkpoint, int workers)
    {
        Hash32[] leaves = GC.AllocateUninitializedArray<Hash32>(attestations.Length);
        int chunks = (attestations.Length + ChunkLeaves - 1) / ChunkLeaves;
        bool fits = Parallel.For(0, chunks, new ParallelOptions { MaxDegreeOfParallelism = workers }, static () => new Hash32[ChunkLeaves * LeafWords], (chunk, loop, words) =>
        {
            int from = chunk * ChunkLeaves;
            int count = Math.Min(ChunkLeaves, attestations.Length - from);
            for (int i = 0; i < count; i++)
            {
                if (!Fits(attestations, from + i, checkpoint))
                {
                    loop.Stop();
                    return words;
                }

                WriteLeaf(attestations[from + i], words.AsSpan(i * LeafWords, LeafWords));
            }

            KeccakMany.HashFoursTwice(words.AsSpan(0, count * LeafWords), leaves.AsSpan(from, count));
            return words;
        }, static _ => { }).IsCompleted;
        return fits ? leaves : null;
    }

    /// <summary>Whether an attestation is of an account behind the one before, and names the checkpoint and the model that the first one names.</summary>
    private static bool Fits(RiskRegistry.RiskAttestation[] attestations, int i, ulong checkpoint)
    {
        ref readonly RiskRegistry.RiskAttestation attestation = ref attestations[i];
        return attestation.Checkpoint == checkpoint && attestation.ModelHash == attestations[0].ModelHash && (i == 0 || attestations[i - 1].Account < attestation.Account);
    }

    /// <summary>The same array by account; throws when that is no book.</summary>
    private static RiskRegistry.RiskAttestation[] Sorted(RiskRegistry.RiskAttestation[] attestations, ulong checkpoint)
    {
        Array.Sort(attestations, static (a, b) => a.Account.CompareTo(b.Account));
        for (int i = 0; i < attestations.Length; i++)
        {
            if (!Fits(attestations, i, checkpoint))
            {
                throw new ArgumentException($"The attestation of account {attestations[i].Account} is there twice or names checkpoint {attestations[i].Checkpoint}, model {attestations[i].ModelHash}; a book has one for each account at checkpoint {checkpoint}, all by one model.", nameof(attestations));
            }
        }

        return attestations;
    }

    /// <summary>Both hashes; least cash, initial and maintenance margin; account, checkpoint and last second at the end of the last word.</summary>
    private static void WriteLeaf(in RiskRegistry.RiskAttestation attestation, Span<Hash32> words)
    {
        unchecked
        {
            ulong validUntil = AbiRange.RequireUInt64(attestation.ValidUntil, 40);
            words[0] = attestation.PositionsHash;
            words[1] = attestation.CollateralHash;
            words[2] = new Hash32((ulong)(attestation.LeastCashE8 >> 64), (ulong)attestation.LeastCashE8, (ulong)attestation.InitialMarginE8, (ulong)attestation.MaintenanceMarginE8);
            words[3] = new Hash32(0, attestation.Account >> 24, (attestation.Account << 40) | (attestation.Checkpoint >> 24), (attestation.Checkpoint << 40) | validUntil);
        }
    }

    /// <summary>The tree of a book of the same accounts, checkpoint and model with the few leaves changed that differ; null when there are others or many.</summary>
    private static StandardMerkleTree? Adapt(RiskRegistry.RiskAttestation[] attestations, ulong checkpoint, AttestedBook alike)
    {
        if (alike._tree is null || alike.Checkpoint != checkpoint || alike.Attestations.Length != attestations.Length)
        {
            return null;
        }

        var changed = new List<int>();
        for (int i = 0; i < attestations.Length; i++)
        {
            if (attestations[i] != alike.Attestations[i])
            {
                changed.Add(i);
                bool isSameBook = attestations[i].Account == alike.Attestations[i].Account && attestations[i].Checkpoint == checkpoint && attestations[i].ModelHash == alike.ModelHash;
                if (!isSameBook || changed.Count > attestations.Length / FewLeavesDivisor)
                {
                    return null;
                }
            }
        }

        StandardMerkleTree tree = alike._tree.Copy();
        tree.Update(changed.ToArray(), [.. changed.Select(i => LeafOf(attestations[i]))]);
        return tree;
    }
}
