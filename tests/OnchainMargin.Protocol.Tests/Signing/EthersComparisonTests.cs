using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;
using OnchainMargin.Protocol.Tests.Checkpoints;

namespace OnchainMargin.Protocol.Tests.Signing;

/// <summary>Digests, proofs and book roots against ethers and OpenZeppelin's npm library, from the declarations in the contracts' interfaces.</summary>
public sealed class EthersComparisonTests
{
    private const string AttestationFields =
        "uint64 account,bytes32 positionsHash,bytes32 collateralHash,int128 leastCashE8,int64 initialMarginE8,int64 maintenanceMarginE8,uint64 checkpoint,bytes32 modelHash,uint40 validUntil";

    private static readonly Hash32 Word = Keccak256.HashUtf8("word");

    [NodeModuleFact("ethers")]
    public void Digests_SameStructsAsEthers_AreEqual()
    {
        Hash32 inputs = Keccak256.HashUtf8("inputs");
        var digests = new ProtocolDigests(TestDeployment.Record);
        var order = new Clearinghouse.Order(7, Instrument.Perpetual(3).Packed, -250_000_000, 90_000_00000000, 12, 1_770_000_000, 50_000, 3);
        var epoch = new RiskRegistry.RiskEpoch(5, 9, Word, Keccak256.HashUtf8("root"), 400);
        string[] expected = NodeScript.Run($$"""
            import { TypedDataEncoder } from "ethers";
            const fields = (text) => text.split(",").map((f) => ({ type: f.split(" ")[0], name: f.split(" ")[1] }));
            const clearing = { name: "OnchainMargin", version: "1", chainId: 31337, verifyingContract: "{{TestDeployment.Record.Contracts.Clearinghouse.ToLowerHex()}}" };
            const registry = { name: "OnchainMargin RiskRegistry", version: "1", chainId: 31337, verifyingContract: "{{TestDeployment.Record.Contracts.RiskRegistry.ToLowerHex()}}" };
            console.log(TypedDataEncoder.hash(clearing, { Order: fields("uint64 account,uint96 instrument,int64 sizeE8,uint64 limitPriceE8,uint64 nonce,uint40 expiry,uint32 maxFeeRateE8,uint8 flags") },
              { account: 7, instrument: {{order.Instrument}}n, sizeE8: -250000000, limitPriceE8: 9000000000000n, nonce: 12, expiry: 1770000000, maxFeeRateE8: 50000, flags: 3 }));
            console.log(TypedDataEncoder.hash(registry, { RiskEpoch: fields("uint64 epoch,uint64 checkpoint,bytes32 inputsHash,bytes32 modelHash,bytes32 bookRoot,uint32 accounts") },
              { epoch: 5, checkpoint: 9, inputsHash: "{{inputs}}", modelHash: "{{Word}}", bookRoot: "{{epoch.BookRoot}}", accounts: 400 }));
            console.log(TypedDataEncoder.hash(registry, { RiskAttestation: fields("{{AttestationFields}}".replace("bytes32 modelHash", "bytes32 inputsHash,bytes32 modelHash")) },
              { account: 1, positionsHash: "{{Word}}", collateralHash: "{{Word}}", leastCashE8: -12345678901234567890n, initialMarginE8: 5, maintenanceMarginE8: -4, checkpoint: 9, inputsHash: "{{inputs}}", modelHash: "{{Word}}", validUntil: 1770000600 }));
            """);

        string[] actual = [digests.Of(order).ToString(), digests.Of(epoch, inputs).ToString(), digests.Of(Attestation(1, Int128.Parse("-12345678901234567890")), inputs).ToString()];
        Assert.Equal(expected, actual);
    }

    [NodeModuleFact("@openzeppelin/merkle-tree")]
    public void AttestedBook_SameAttestationsAsNpmLibrary_GivesItsRootAndProofs()
    {
        var book = new AttestedBook(9, Enumerable.Range(1, 9).Reverse().Select(static i => Attestation((ulong)i, i - 5)));
        string[] expected = NodeScript.Run($$"""
            import { StandardMerkleTree } from "@openzeppelin/merkle-tree";
            import { solidityPacked } from "ethers";
            const values = Array.from({ length: 9 }, (_, i) => [
              "{{Word}}",
              "{{Word}}",
              solidityPacked(["int128", "int64", "int64"], [i - 4, 5, -4]),
              solidityPacked(["bytes11", "uint64", "uint64", "uint40"], ["0x" + "00".repeat(11), i + 1, 9, 1770000600]),
            ]);
            const tree = StandardMerkleTree.of(values, ["bytes32", "bytes32", "bytes32", "bytes32"]);
            console.log(tree.root);
            for (let i = 0; i < 9; i++) console.log(tree.getProof(i).join(","));
            console.log(tree.leafHash(values[2]));
            """);
        Assert.Equal(expected[0], book.Root.ToString());
        Assert.Equal(expected[10], AttestedBook.LeafOf(Attestation(3, -2)).ToString());
        for (ulong account = 1; account <= 9; account++)
        {
            Assert.Equal(expected[account], string.Join(',', book.Find(account)!.Value.Proof));
        }

        Assert.Null(book.Find(10));
        Assert.Equal(new RiskRegistry.RiskEpoch(3, 9, Word, book.Root, 9), book.ToEpoch(3));
    }

    [NodeModuleFact("ethers")]
    public void Proofs_SameStructsAsEthers_AreEqual()
    {
        RiskRegistry.AttesterSignature[] signatures = [new(SampleDeployment.At(9), [9, 9]), new(SampleDeployment.At(2), [2])];
        Clearinghouse.Proof signed = Proofs.OnDemand(Attestation(1, -7), signatures, [new Balance(1, 5)]);
        Clearinghouse.Proof leaf = Proofs.Leaf(Attestation(1, -7), 44, [Word, Hash32.Zero], [new Balance(1, 5)]);
        string[] expected = NodeScript.Run($$"""
            import { AbiCoder } from "ethers";
            const a = "tuple({{AttestationFields}})", coder = AbiCoder.defaultAbiCoder(), w = "{{Word}}";
            const attestation = [1, w, w, -7, 5, -4, 9, w, 1770000600];
            const balances = "0x0001" + "0".repeat(28) + "5".padStart(32, "0");
            const sig = (n, s) => ["0x" + n.toString(16).padStart(40, "0"), s];
            const signed = coder.encode([`tuple(${a},tuple(address,bytes)[],bytes)`], [[attestation, [sig(2, "0x02"), sig(9, "0x0909")], balances]]);
            const leaf = coder.encode([`tuple(${a},uint64,bytes32[],bytes)`], [[attestation, 44, [w, "0x" + "0".repeat(64)], balances]]);
            console.log(signed);
            console.log(leaf);
            console.log(coder.encode(["tuple(uint8,bytes)"], [[2, leaf]]));
            """);

        Assert.Equal(expected[0], HexData.Encode(signed.Data));
        Assert.Equal(expected[1], HexData.Encode(leaf.Data));
        Assert.Equal(expected[2], HexData.Encode(Proofs.Headroom(leaf).Data));
        Assert.Equal([1, 2, 3, 0, 4], [signed.Kind, leaf.Kind, Proofs.Headroom(leaf).Kind, Proofs.Computed.Kind, Proofs.Reducing.Kind]);
        Assert.Throws<ArgumentException>(static () => Proofs.Headroom(Proofs.Computed));
    }

    [Fact]
    public void AttestedBook_AccountTwiceOrOtherCheckpoint_IsRefused()
    {
        Assert.Throws<ArgumentException>(static () => new AttestedBook(9, [Attestation(1, 0), Attestation(1, 1)]));
        Assert.Throws<ArgumentException>(static () => new AttestedBook(8, [Attestation(1, 0)]));
        Assert.Throws<ArgumentException>(static () => new AttestedBook(9, [Attestation(1, 0), Attestation(2, 0) with { ModelHash = Hash32.Zero }]));
        Assert.Equal(Hash32.Zero, new AttestedBook(9, []).Root);
    }

    [Fact]
    public void AttestedBook_OfAnotherModel_HasTheRootAndIsNotTheEpochs()
    {
        RiskRegistry.RiskAttestation other = Attestation(1, 0) with { ModelHash = Keccak256.HashUtf8("another model") };
        var book = new AttestedBook(9, [Attestation(1, 0)]);
        var byAnother = new AttestedBook(9, [other]);
        var epoch = new BookEpoch(1, 9, Word, book.Root, 1, 3, 5);

        Assert.Equal(book.Root, byAnother.Root);
        Assert.Equal(AttestedBook.LeafOf(Attestation(1, 0)), AttestedBook.LeafOf(other));
        Assert.NotEqual(AttestedBook.HashOf(Attestation(1, 0)), AttestedBook.HashOf(other));
        Assert.True(book.IsOf(epoch));
        Assert.False(byAnother.IsOf(epoch));
    }

    private static RiskRegistry.RiskAttestation Attestation(ulong account, Int128 leastCashE8) => new(account, Word, Word, leastCashE8, 5, -4, 9, Word, 1_770_000_600);
}
