using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;

namespace OnchainMargin.Protocol.Merkle;

/// <summary>A Merkle tree in OpenZeppelin's StandardMerkleTree format: leaves are the double Keccak-256 of their ABI encoding, sorted by hash; a parent is the
/// hash of its two children, the smaller one first; the nodes fill an array of 2n − 1 from the root down, so that the children of i are 2i + 1 and 2i + 2.</summary>
/// <remarks>The double hash keeps a leaf from being read as an inner node; sorting the pair makes a proof a plain list of siblings without left and right.
/// Children of neighbours are neighbours, so a level is hashed in vectors straight from the array. One thread writes; readers wait for it.</remarks>
public sealed partial class StandardMerkleTree
{
    private readonly Hash32[] _nodes;
    private readonly int[] _placeOfLeaf;
    private readonly int[]? _leafAtRank;
    private readonly int _workers;

    private StandardMerkleTree(Hash32[] nodes, int[] placeOfLeaf, int[]? leafAtRank, int workers)
    {
        _nodes = nodes;
        _placeOfLeaf = placeOfLeaf;
        _leafAtRank = leafAtRank;
        _workers = workers;
    }

    /// <summary>The root, which stands for all leaves.</summary>
    public Hash32 Root => _nodes[0];

    /// <summary>The number of leaves.</summary>
    public int Count => _placeOfLeaf.Length;

    /// <summary>All nodes from the root down, as the dump of the npm library lists them.</summary>
    public IReadOnlyList<Hash32> Nodes => _nodes;

    /// <summary>Builds the tree over leaf hashes; the order of the leaves is remembered for <see cref="ProofOf"/>, the tree itself does not depend on it when sorted.</summary>
    /// <param name="leaves">Their hashes, at least one; not kept.</param>
    /// <param name="sort">Whether leaves are put in the order of their hashes, as the format does unless told otherwise.</param>
    /// <param name="workers">Threads that sort and hash, at least one.</param>
    /// <exception cref="ArgumentException">Thrown when there is no leaf: a tree stands for at least one value.</exception>
    public static StandardMerkleTree Build(Hash32[] leaves, bool sort, int workers)
    {
        ArgumentNullException.ThrowIfNull(leaves);
        ArgumentOutOfRangeException.ThrowIfLessThan(workers, 1);
        int count = leaves.Length;
        if (count == 0)
        {
            throw new ArgumentException("A Merkle tree was asked for over no leaves; give at least one.", nameof(leaves));
        }

        int[]? order = sort ? LeafOrder.Of(leaves, workers) : null;
        Hash32[] nodes = GC.AllocateUninitializedArray<Hash32>((2 * count) - 1);
        int[] placeOfLeaf = GC.AllocateUninitializedArray<int>(count);
        Stretches.Run(count, workers, (from, to) =>
        {
            for (int rank = from; rank < to; rank++)
            {
                int leaf = order is null ? rank : order[rank];
                int place = nodes.Length - 1 - rank;
                nodes[place] = leaves[leaf];
                placeOfLeaf[leaf] = place;
            }
        });
        var tree = new StandardMerkleTree(nodes, placeOfLeaf, order, workers);
        for (int first = FirstOfLevel(count - 2); first >= 0; first = first == 0 ? -1 : (first - 1) / 2)
        {
            tree.HashParents(first, Math.Min(2 * first, count - 2));
        }

        return tree;
    }

    /// <summary>Builds the tree on all processors.</summary>
    /// <inheritdoc cref="Build(Hash32[], bool, int)"/>
    public static StandardMerkleTree Build(ReadOnlySpan<Hash32> leaves, bool sort = true) => Build(leaves.ToArray(), sort, Environment.ProcessorCount);

    /// <summary>The place of a leaf among <see cref="Nodes"/>.</summary>
    public int PlaceOf(int leaf) => _placeOfLeaf[leaf];

    /// <summary>The siblings from a leaf up to the root: what OpenZeppelin's <c>MerkleProof.verify</c> takes.</summary>
    /// <param name="leaf">The index of the leaf in the order in which the leaves were given.</param>
    public Hash32[] ProofOf(int leaf)
    {
        int length = 0;
        for (int place = _placeOfLeaf[leaf]; place > 0; place = (place - 1) / 2)
        {
            length++;
        }

        var proof = new Hash32[length];
        int at = 0;
        for (int place = _placeOfLeaf[leaf]; place > 0; place = (place - 1) / 2)
        {
            proof[at++] = _nodes[place % 2 == 0 ? place - 1 : place + 1];
        }

        return proof;
    }

    /// <summary>Whether a proof leads from a leaf hash to a root.</summary>
    public static bool Verify(Hash32 root, Hash32 leaf, ReadOnlySpan<Hash32> proof)
    {
        Span<Hash32> pair = stackalloc Hash32[2];
        Span<Hash32> parent = stackalloc Hash32[1];
        parent[0] = leaf;
        foreach (Hash32 sibling in proof)
        {
            (pair[0], pair[1]) = (parent[0], sibling);
            KeccakMany.HashPairs(pair, parent);
        }

        return parent[0] == root;
    }

    /// <summary>Hashes the parents of a stretch of one level from their children, which lie in one stretch of the next.</summary>
    private void HashParents(int first, int last) => Stretches.Run(last - first + 1, _workers, (from, to) => Hash(first + from, to - from));

    private void Hash(int first, int count) => KeccakMany.HashPairs(_nodes.AsSpan((2 * first) + 1, 2 * count), _nodes.AsSpan(first, count));

    /// <summary>The first place of the level that a place is on; −1 for −1, the place of no parent.</summary>
    private static int FirstOfLevel(int place) => place < 0 ? -1 : (1 << System.Numerics.BitOperations.Log2((uint)place + 1)) - 1;
}
