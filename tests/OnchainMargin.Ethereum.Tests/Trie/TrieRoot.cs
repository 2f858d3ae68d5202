using System.Globalization;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Rlp;

namespace OnchainMargin.Ethereum.Tests.Trie;

/// <summary>Builds the root of a Merkle-Patricia trie from its whole content, by the definition.</summary>
internal static class TrieRoot
{
    /// <param name="entries">The values by their keys in upper-case hex, one digit a nibble.</param>
    public static Hash32 Compute(IReadOnlyDictionary<string, byte[]> entries)
    {
        (string Key, byte[] Value)[] sorted = [.. entries.OrderBy(static entry => entry.Key, StringComparer.Ordinal).Select(static entry => (entry.Key, entry.Value))];
        return Keccak256.Hash((sorted.Length == 0 ? Empty : Node(sorted, 0)).Encode());
    }

    private static RlpItem Empty => new(ReadOnlyMemory<byte>.Empty);

    private static RlpItem Node((string Key, byte[] Value)[] entries, int depth)
    {
        if (entries.Length == 1)
        {
            return new RlpItem([new RlpItem(Path(entries[0].Key[depth..], isLeaf: true)), new RlpItem(entries[0].Value)]);
        }

        int common = depth;
        while (entries.All(entry => entry.Key.Length > common && entry.Key[common] == entries[0].Key[common]))
        {
            common++;
        }

        return common > depth
            ? new RlpItem([new RlpItem(Path(entries[0].Key[depth..common], isLeaf: false)), Reference(Branch(entries, common))])
            : Branch(entries, depth);
    }

    private static RlpItem Branch((string Key, byte[] Value)[] entries, int depth)
    {
        var items = new List<RlpItem>();
        foreach (char nibble in "0123456789ABCDEF")
        {
            (string, byte[])[] below = [.. entries.Where(entry => entry.Key.Length > depth && entry.Key[depth] == nibble)];
            items.Add(below.Length == 0 ? Empty : Reference(Node(below, depth + 1)));
        }

        byte[]? own = entries.FirstOrDefault(entry => entry.Key.Length == depth).Value;
        items.Add(own is null ? Empty : new RlpItem(own));
        return new RlpItem(items);
    }

    private static RlpItem Reference(RlpItem node)
    {
        byte[] encoded = node.Encode();
        return encoded.Length < 32 ? node : new RlpItem(Keccak256.Hash(encoded).ToArray());
    }

    /// <summary>Hex-prefix encoding.</summary>
    private static byte[] Path(string nibbles, bool isLeaf)
    {
        int flag = (isLeaf ? 2 : 0) + (nibbles.Length & 1);
        string digits = flag.ToString(CultureInfo.InvariantCulture) + ((nibbles.Length & 1) == 0 ? "0" : "") + nibbles;
        return Convert.FromHexString(digits);
    }
}
