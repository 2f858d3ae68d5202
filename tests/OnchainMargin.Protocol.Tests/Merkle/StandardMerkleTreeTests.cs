using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Protocol.Merkle;

namespace OnchainMargin.Protocol.Tests.Merkle;

public sealed class StandardMerkleTreeTests
{
    public static TheoryData<string> Dumps() => ["standard-v1.sorted", "standard-v1.unsorted", "simple-v1.sorted", "simple-v1.unsorted"];

    [SharedDataTheory("reference/eth/oz_merkle_standard-v1.sorted.1_0_6.json")]
    [MemberData(nameof(Dumps))]
    public void Build_OfficialDump_GivesEveryNodeAndPlace(string dump)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(TestFiles.SharedData($"reference/eth/oz_merkle_{dump}.1_0_6.json")));
        JsonElement root = document.RootElement;
        Hash32[] nodes = [.. root.GetProperty("tree").EnumerateArray().Select(static node => Hash32.Parse(node.GetString()!))];
        JsonElement[] values = [.. root.GetProperty("values").EnumerateArray()];
        bool standard = dump.StartsWith("standard", StringComparison.Ordinal);
        Hash32[] leaves = [.. values.Select(value => standard
            ? Keccak256.Hash(Keccak256.Hash(EncodeString(value.GetProperty("value")[0].GetString()!)).ToArray())
            : Hash32.Parse(value.GetProperty("value").GetString()!))];

        StandardMerkleTree tree = StandardMerkleTree.Build(leaves, sort: dump.EndsWith(".sorted", StringComparison.Ordinal));

        Assert.Equal(nodes, tree.Nodes);
        for (int i = 0; i < leaves.Length; i++)
        {
            Assert.Equal(values[i].GetProperty("treeIndex").GetInt32(), tree.PlaceOf(i));
            Assert.True(StandardMerkleTree.Verify(tree.Root, leaves[i], tree.ProofOf(i)));
        }
    }

    [Fact]
    public void ProofOf_AnyLeafOfAnyTree_VerifiesAndNoOtherLeafDoes() => Prop.ForAll(
        Gen.Choose(1, 70).ToArbitrary(),
        count =>
        {
            Hash32[] leaves = [.. Enumerable.Range(0, count).Select(static i => Keccak256.HashUtf8($"leaf {i}"))];
            StandardMerkleTree tree = StandardMerkleTree.Build(leaves);
            Hash32 stranger = Keccak256.HashUtf8("stranger");
            for (int i = 0; i < count; i++)
            {
                Hash32[] proof = tree.ProofOf(i);
                Assert.True(StandardMerkleTree.Verify(tree.Root, leaves[i], proof));
                Assert.False(StandardMerkleTree.Verify(tree.Root, stranger, proof));
                Assert.Equal(tree.Nodes[tree.PlaceOf(i)], leaves[i]);
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Build_LeavesInAnotherOrder_GivesTheSameRoot()
    {
        Hash32[] leaves = [.. Enumerable.Range(0, 13).Select(static i => Keccak256.HashUtf8($"leaf {i}"))];
        Assert.Equal(StandardMerkleTree.Build(leaves).Root, StandardMerkleTree.Build([.. leaves.Reverse()]).Root);
        Assert.NotEqual(StandardMerkleTree.Build(leaves, sort: false).Root, StandardMerkleTree.Build([.. leaves.Reverse()], sort: false).Root);
    }

    [Fact]
    public void Build_NoLeaves_SaysWhatToGive()
    {
        ArgumentException error = Assert.Throws<ArgumentException>(static () => StandardMerkleTree.Build([]));
        Assert.Contains("give at least one", error.Message, StringComparison.Ordinal);
    }

    private static byte[] EncodeString(string text)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var data = new byte[64 + ((bytes.Length + 31) / 32 * 32)];
        data[31] = 32;
        data[63] = (byte)bytes.Length;
        bytes.CopyTo(data, 64);
        return data;
    }
}
