using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Protocol.Merkle;

namespace OnchainMargin.Protocol.Tests.Merkle;

/// <summary>The same leaves through OpenZeppelin's npm library: one root, the same proofs.</summary>
public sealed class NpmMerkleTreeTests
{
    private const string Script = """
        import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
        const values = Array.from({ length: 21 }, (_, i) => [String(i), "0x" + (i + 1).toString(16).padStart(64, "0"), String(-i * 1000)]);
        const tree = StandardMerkleTree.of(values, ["uint64", "bytes32", "int128"]);
        console.log(tree.root);
        for (let i = 0; i < values.length; i++) console.log(tree.getProof(i).join(","));
        """;

    [NodeModuleFact("@openzeppelin/merkle-tree")]
    public void Build_SameValuesAsNpmLibrary_GivesItsRootAndProofs()
    {
        string[] expected = NodeScript.Run(Script);
        AbiParameter[] types = [.. ContractAbi.FromSignatures("function leaf(uint64 a, bytes32 b, int128 c)").Functions[0].Inputs];
        Hash32[] leaves = [.. Enumerable.Range(0, 21).Select(i =>
            Keccak256.Hash(Keccak256.Hash(AbiCodec.Encode(types, (ulong)i, new Hash32(0, 0, 0, (ulong)i + 1), -i * 1000)).ToArray()))];

        StandardMerkleTree tree = StandardMerkleTree.Build(leaves);

        Assert.Equal(22, expected.Length);
        Assert.Equal(expected[0], tree.Root.ToString());
        for (int i = 0; i < leaves.Length; i++)
        {
            Assert.Equal(expected[i + 1], string.Join(',', tree.ProofOf(i)));
        }
    }
}
