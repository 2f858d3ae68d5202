using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;

namespace OnchainMargin.Protocol.Merkle;

/// <summary>A Merkle tree in OpenZeppelin's StandardMerkleTree format: leaves are the double Keccak-256 of their ABI encoding, sorted by hash; a parent is the
/// hash of its two children, the smaller one first; the nodes fill an array of 2n − 1 from the root down, so that the children of i are 2i + 1 and 2i + 2.</summary>
/// <remarks>The double hash keeps a leaf from being read as an inner node; sorting the pair makes a proof a plain list of siblings without left and right.</remarks>
public sealed class StandardMerkleTree
{
    private readonly Hash32[] _nodes;
    private readonly int[] _placeOfLeaf;

    private StandardMerkleTree(Hash32[] nodes, int[] placeOfLeaf)
    {
        _nodes = nodes;
        _placeOfLeaf = placeOfLeaf;
    }

    /// <summary>The root, which stands for all leaves.</summary>
    public Hash32 Root => _nodes[0];

    /// <summary>The number of leaves.</summary>
    public int Count => _placeOfLeaf.Length;

    /// <summary>All nodes from the root down, as the dump of the npm library lists them.</summary>
    public IReadOnlyList<Hash32> Nodes => _nodes;

    /// <summary>The hash of a leaf from the ABI encoding of its value.</summary>
    public static Hash32 LeafHash(ReadOnlySpan<byte> encodedValue)
    {
        Span<byte> once = stackalloc byte[Hash32.Size];
        Keccak256.Hash(encodedValue, once);
        return Keccak256.Hash(once);
    }

    /// <summary>Builds the tree over leaf hashes; the order of the leaves is remembered for <see cref="ProofOf"/>, the tree itself does not depend on it when sorted.</summary>
    /// <param name="leaves">Hashes by <see cref="LeafHash"/>, at least one.</param>
    /// <param name="sort">Whether leaves are put in the order of their hashes, as the format does unless told otherwise.</param>
    /// <exception cref="ArgumentException">Thrown when there is no leaf: a tree stands for at least one value.</exception>
    public static StandardMerkleTree Build(ReadOnlySpan<Hash32> leaves, bool sort = true)
    {
        int count = leaves.Length;
        if (count == 0)
        {
            throw new ArgumentException("A Merkle tree was asked for over no leaves; give at least one.", nameof(leaves));
        }

        var order = new int[count];
        for (int i = 0; i < count; i++)
        {
            order[i] = i;
        }

        if (sort)
        {
            Hash32[] keys = leaves.ToArray();
            Array.Sort(keys, order);
        }

        var nodes = new Hash32[(2 * count) - 1];
        var placeOfLeaf = new int[count];
        for (int i = 0; i < count; i++)
        {
            int place = nodes.Length - 1 - i;
            nodes[place] = leaves[order[i]];
            placeOfLeaf[order[i]] = place;
        }

        for (int i = count - 2; i >= 0; i--)
        {
            nodes[i] = ParentOf(nodes[(2 * i) + 1], nodes[(2 * i) + 2]);
        }

        return new StandardMerkleTree(nodes, placeOfLeaf);
    }

    /// <summary>The place of a leaf among <see cref="Nodes"/>.</summary>
    public int PlaceOf(int leaf) => _placeOfLeaf[leaf];

    /// <summary>The siblings from a leaf up to the root: what OpenZeppelin's <c>MerkleProof.verify</c> takes.</summary>
    /// <param name="leaf">The index of the leaf in the order in which the leaves were given.</param>
    public Hash32[] ProofOf(int leaf)
    {
        var proof = new List<Hash32>();
        for (int place = _placeOfLeaf[leaf]; place > 0; place = (place - 1) / 2)
        {
            proof.Add(_nodes[place % 2 == 0 ? place - 1 : place + 1]);
        }

        return [.. proof];
    }

    /// <summary>Whether a proof leads from a leaf hash to a root.</summary>
    public static bool Verify(Hash32 root, Hash32 leaf, ReadOnlySpan<Hash32> proof)
    {
        Hash32 node = leaf;
        foreach (Hash32 sibling in proof)
        {
            node = ParentOf(node, sibling);
        }

        return node == root;
    }

    private static Hash32 ParentOf(in Hash32 a, in Hash32 b)
    {
        Span<byte> pair = stackalloc byte[2 * Hash32.Size];
        bool inOrder = a < b;
        a.CopyTo(inOrder ? pair : pair[Hash32.Size..]);
        b.CopyTo(inOrder ? pair[Hash32.Size..] : pair);
        return Keccak256.Hash(pair);
    }
}
