using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;

namespace OnchainMargin.Protocol.Merkle;

/// <content>Leaves that change. In a tree whose leaves stand as they were given, only what is above them is hashed anew. Where leaves are sorted by hash, as the format has it, a changed leaf
/// moves to another rank, and all leaves between the two ranks move by one: their pairs are others, and everything above them too. So the work is that of the stretches that move, mostly
/// a third of the inner nodes for one leaf and nearly all for many; what is saved is the hashing of the leaves (two of three permutations) and the sorting.</content>
public sealed partial class StandardMerkleTree
{
    /// <summary>A tree of its own with the same nodes.</summary>
    public StandardMerkleTree Copy() => new([.. _nodes], [.. _placeOfLeaf], _leafAtRank is null ? null : [.. _leafAtRank], _workers);

    /// <summary>Gives leaves other hashes; the tree is then the one that <see cref="Build(Hash32[], bool, int)"/> makes of them.</summary>
    /// <param name="leaves">Which leaves, in the order in which they were given to the tree; none twice.</param>
    /// <param name="hashes">Their hashes.</param>
    /// <returns>How many inner nodes were hashed.</returns>
    /// <exception cref="ArgumentException">Thrown when a leaf is named twice or there is not one hash for each.</exception>
    public int Update(ReadOnlySpan<int> leaves, ReadOnlySpan<Hash32> hashes)
    {
        if (leaves.Length != hashes.Length)
        {
            throw new ArgumentException($"{hashes.Length} hashes were given for {leaves.Length} leaves; give one for each.", nameof(hashes));
        }

        var changes = new (int Leaf, Hash32 Hash)[leaves.Length];
        for (int i = 0; i < changes.Length; i++)
        {
            changes[i] = (leaves[i], hashes[i]);
        }

        Array.Sort(changes, static (a, b) => a.Leaf.CompareTo(b.Leaf));
        for (int i = 1; i < changes.Length; i++)
        {
            if (changes[i - 1].Leaf == changes[i].Leaf)
            {
                throw new ArgumentException($"Leaf {changes[i].Leaf} is named twice; name each leaf once.", nameof(leaves));
            }
        }

        List<(int First, int Last)> dirty = _leafAtRank is null ? PutInPlace(changes) : PutInOrder(changes, _leafAtRank);
        return HashAbove(dirty);
    }

    /// <summary>Writes leaves where they stand and gives the places, ascending.</summary>
    private List<(int First, int Last)> PutInPlace((int Leaf, Hash32 Hash)[] changes)
    {
        var dirty = new List<(int First, int Last)>(changes.Length);
        for (int i = changes.Length - 1; i >= 0; i--)
        {
            // Later leaves stand at smaller places.
            int place = _placeOfLeaf[changes[i].Leaf];
            _nodes[place] = changes[i].Hash;
            Add(dirty, place, place);
        }

        return dirty;
    }

    /// <summary>Takes the old leaves out of the order and puts the new ones in; gives the places whose leaf is another one now, ascending.</summary>
    private List<(int First, int Last)> PutInOrder((int Leaf, Hash32 Hash)[] changes, int[] leafAtRank)
    {
        int count = leafAtRank.Length;
        int[] gone = [.. changes.Select(change => RankOf(_placeOfLeaf[change.Leaf])).Order()];
        Array.Sort(changes, static (a, b) => a.Hash.CompareTo(b.Hash) is not 0 and var order ? order : a.Leaf.CompareTo(b.Leaf));
        if (changes.Length == 0)
        {
            return [];
        }

        int low = Math.Min(gone[0], Rank(changes[0], leafAtRank));
        int high = Math.Max(gone[^1], Math.Min(count - 1, Rank(changes[^1], leafAtRank)));
        int[] oldLeaves = leafAtRank[low..(high + 1)];
        Hash32[] oldNodes = _nodes.AsSpan(PlaceOfRank(high), high - low + 1).ToArray();
        var dirty = new List<(int First, int Last)>();
        int read = low;
        int nextGone = 0;
        int nextNew = 0;
        for (int rank = low; rank <= high; rank++)
        {
            while (nextGone < gone.Length && gone[nextGone] == read)
            {
                nextGone++;
                read++;
            }

            bool isNew = nextNew < changes.Length && (read > high || Precedes(changes[nextNew], oldNodes[high - read], oldLeaves[read - low]));
            int place = PlaceOfRank(rank);
            if (isNew)
            {
                (leafAtRank[rank], _nodes[place]) = changes[nextNew++];
            }
            else if (read != rank)
            {
                (leafAtRank[rank], _nodes[place]) = (oldLeaves[read - low], oldNodes[high - read]);
            }

            if (isNew || read != rank)
            {
                _placeOfLeaf[leafAtRank[rank]] = place;
                Add(dirty, place, place);
            }

            read = isNew ? read : read + 1;
        }

        dirty.Reverse();
        return dirty;
    }

    private int PlaceOfRank(int rank) => _nodes.Length - 1 - rank;

    private int RankOf(int place) => _nodes.Length - 1 - place;

    /// <summary>How many of the leaves as they are stand before one.</summary>
    private int Rank((int Leaf, Hash32 Hash) leaf, int[] leafAtRank)
    {
        int from = 0;
        int to = leafAtRank.Length;
        while (from < to)
        {
            int middle = (from + to) / 2;
            (from, to) = Precedes(leaf, _nodes[PlaceOfRank(middle)], leafAtRank[middle]) ? (from, middle) : (middle + 1, to);
        }

        return from;
    }

    private static bool Precedes((int Leaf, Hash32 Hash) leaf, in Hash32 otherHash, int otherLeaf)
    {
        int order = leaf.Hash.CompareTo(otherHash);
        return order < 0 || (order == 0 && leaf.Leaf < otherLeaf);
    }

    /// <summary>Adds a stretch, joined to the last one where they touch, in either direction.</summary>
    private static void Add(List<(int First, int Last)> stretches, int first, int last)
    {
        if (stretches.Count > 0 && stretches[^1].First <= last + 1 && first <= stretches[^1].Last + 1)
        {
            stretches[^1] = (Math.Min(stretches[^1].First, first), Math.Max(stretches[^1].Last, last));
        }
        else
        {
            stretches.Add((first, last));
        }
    }

    /// <summary>Hashes everything above changed places, level by level from below.</summary>
    private int HashAbove(List<(int First, int Last)> dirty)
    {
        int hashed = 0;
        while (dirty.Count > 0 && dirty[^1].Last > 0)
        {
            int firstOfLevel = FirstOfLevel(dirty[^1].Last);
            var above = new List<(int First, int Last)>();
            var parents = new List<(int First, int Last)>();
            foreach ((int first, int last) in dirty)
            {
                if (first < firstOfLevel)
                {
                    Add(above, first, Math.Min(last, firstOfLevel - 1));
                }

                if (last >= firstOfLevel)
                {
                    Add(parents, (Math.Max(first, firstOfLevel) - 1) / 2, (last - 1) / 2);
                }
            }

            hashed += HashStretches(parents);

            // Leaves of the level above that changed stand behind all parents of this level.
            foreach ((int first, int last) in above)
            {
                Add(parents, first, last);
            }

            dirty = parents;
        }

        return hashed;
    }

    private int HashStretches(List<(int First, int Last)> stretches)
    {
        int count = stretches.Sum(static stretch => stretch.Last - stretch.First + 1);
        if (stretches.Count == 1 || count >= Stretches.Few)
        {
            foreach ((int first, int last) in stretches)
            {
                HashParents(first, last);
            }

            return count;
        }

        // Single nodes here and there: gathered, so that they too go beside each other.
        var pairs = new Hash32[2 * count];
        var hashes = new Hash32[count];
        int at = 0;
        foreach ((int first, int last) in stretches)
        {
            int length = last - first + 1;
            _nodes.AsSpan((2 * first) + 1, 2 * length).CopyTo(pairs.AsSpan(2 * at));
            at += length;
        }

        KeccakMany.HashPairs(pairs, hashes);
        at = 0;
        foreach ((int first, int last) in stretches)
        {
            hashes.AsSpan(at, last - first + 1).CopyTo(_nodes.AsSpan(first));
            at += last - first + 1;
        }

        return count;
    }
}
