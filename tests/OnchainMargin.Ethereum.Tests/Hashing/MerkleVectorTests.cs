using System.Text.Json;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Tests.Support;

namespace OnchainMargin.Ethereum.Tests.Hashing;

/// <summary>The hashing that OpenZeppelin's trees are made of: sorted pairs and doubly hashed leaves.</summary>
public sealed class MerkleVectorTests
{
    [SharedDataFact("reference/eth")]
    public void Hashes_OfOpenZeppelinDumps_AreTheirs()
    {
        int nodes = 0;
        int leaves = 0;
        foreach (string name in (string[])["simple-v1.sorted", "simple-v1.unsorted", "standard-v1.sorted", "standard-v1.unsorted"])
        {
            JsonElement dump = Vectors.Load($"oz_merkle_{name}.1_0_6.json");
            Hash32[] tree = [.. dump.GetProperty("tree").EnumerateArray().Select(static node => Hash32.Parse(node.GetString()!))];
            for (int i = 0; (2 * i) + 2 < tree.Length; i++)
            {
                Assert.Equal(tree[i], Pair(tree[(2 * i) + 1], tree[(2 * i) + 2]));
                nodes++;
            }

            foreach (JsonElement value in dump.GetProperty("values").EnumerateArray())
            {
                JsonElement given = value.GetProperty("value");
                Hash32 leaf = given.ValueKind == JsonValueKind.Array ? StandardLeaf(given) : Hash32.Parse(given.GetString()!);
                Assert.Equal(tree[value.GetProperty("treeIndex").GetInt32()], leaf);
                leaves++;
            }
        }

        Assert.Equal(20, nodes);
        Assert.Equal(24, leaves);
    }

    private static Hash32 StandardLeaf(JsonElement values) =>
        Keccak256.Hash(Keccak256.Hash(AbiCodec.Encode([new AbiParameter("", AbiTypeParser.Parse("string"))], values[0].GetString()!)).ToArray());

    private static Hash32 Pair(Hash32 a, Hash32 b) => a < b ? Keccak256.Hash([.. a.ToArray(), .. b.ToArray()]) : Keccak256.Hash([.. b.ToArray(), .. a.ToArray()]);
}
