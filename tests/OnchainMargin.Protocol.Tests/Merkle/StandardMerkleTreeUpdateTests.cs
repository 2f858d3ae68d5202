using FsCheck;
using FsCheck.Fluent;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Merkle;

namespace OnchainMargin.Protocol.Tests.Merkle;

public sealed class StandardMerkleTreeUpdateTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Update_AnyLeavesOfAnyTree_GivesTheTreeBuiltFromThem(bool sort) => Prop.ForAll(
        Gen.Choose(1, 200).SelectMany(count => Gen.Choose(0, count).SelectMany(changes => Gen.Choose(0, 1_000_000), (changes, seed) => (count, changes, seed))).ToArbitrary(),
        given =>
        {
            var random = new Random(given.seed);
            Hash32[] leaves = [.. Enumerable.Range(0, given.count).Select(_ => Leaf(random))];
            StandardMerkleTree tree = StandardMerkleTree.Build(leaves, sort);
            for (int round = 0; round < 3; round++)
            {
                int[] changed = [.. Enumerable.Range(0, given.count).OrderBy(_ => random.Next()).Take(given.changes)];
                Hash32[] hashes = [.. changed.Select(_ => Leaf(random))];
                foreach ((int leaf, Hash32 hash) in changed.Zip(hashes))
                {
                    leaves[leaf] = hash;
                }

                tree.Update(changed, hashes);

                StandardMerkleTree anew = StandardMerkleTree.Build(leaves, sort);
                Assert.Equal(anew.Nodes, tree.Nodes);
                for (int i = 0; i < leaves.Length; i++)
                {
                    Assert.Equal(anew.PlaceOf(i), tree.PlaceOf(i));
                }
            }
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Build_ManyLeaves_IsTheSameOnAnyNumberOfThreadsAndHoldsEveryProof()
    {
        var random = new Random(3);
        Hash32[] leaves = [.. Enumerable.Range(0, 70_001).Select(i => i % 9 == 0 ? Leaf(random) : Keccak256.HashUtf8($"leaf {i}"))];
        StandardMerkleTree one = StandardMerkleTree.Build(leaves, sort: true, workers: 1);
        StandardMerkleTree three = StandardMerkleTree.Build(leaves, sort: true, workers: 3);

        Assert.Equal(one.Nodes, three.Nodes);
        Assert.Equal(leaves.Order(), one.Nodes.Skip(leaves.Length - 1).Reverse());
        for (int i = 0; i < leaves.Length; i += 997)
        {
            Assert.True(StandardMerkleTree.Verify(three.Root, leaves[i], three.ProofOf(i)));
            Assert.Equal(one.PlaceOf(i), three.PlaceOf(i));
        }
    }

    [Fact]
    public void Update_LeafNamedTwiceOrWithoutHash_SaysWhatToGive()
    {
        StandardMerkleTree tree = StandardMerkleTree.Build([Keccak256.Empty, Hash32.Zero]);
        Assert.Contains("name each leaf once", Assert.Throws<ArgumentException>(() => tree.Update([1, 1], new Hash32[2])).Message, StringComparison.Ordinal);
        Assert.Contains("give one for each", Assert.Throws<ArgumentException>(() => tree.Update([1], [])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void AttestedBook_AlikeAnother_HasTheRootAndProofsOfOneBuiltAnew()
    {
        RiskRegistry.RiskAttestation[] attestations = [.. Enumerable.Range(1, 1000).Select(static i => Attestation(i, i))];
        var before = new AttestedBook(7, attestations);
        RiskRegistry.RiskAttestation[] changed = [.. attestations];
        changed[17] = Attestation(18, 5);
        changed[999] = Attestation(1000, -5);

        var adapted = new AttestedBook(7, [.. changed], before, 2);
        var anew = new AttestedBook(7, changed.Reverse());

        Assert.NotEqual(before.Root, adapted.Root);
        Assert.Equal(anew.Root, adapted.Root);
        foreach (ulong account in (ulong[])[1, 18, 500, 1000])
        {
            (RiskRegistry.RiskAttestation attestation, Hash32[] proof) = adapted.Find(account)!.Value;
            Assert.Equal(account, attestation.Account);
            Assert.True(StandardMerkleTree.Verify(adapted.Root, AttestedBook.LeafOf(attestation), proof));
        }

        // One that names another model or checkpoint than the book that it is like is refused, first or not.
        foreach (int i in (int[])[0, 17])
        {
            Assert.Throws<ArgumentException>(() => new AttestedBook(7, [.. attestations.Index().Select(pair => pair.Index == i ? pair.Item with { ModelHash = Hash32.Zero } : pair.Item)], before, 2));
            Assert.Throws<ArgumentException>(() => new AttestedBook(7, [.. attestations.Index().Select(pair => pair.Index == i ? pair.Item with { Checkpoint = 8 } : pair.Item)], before, 2));
        }

        Assert.Null(adapted.Find(0));
        Assert.Null(adapted.Find(1001));
        Assert.Contains("one for each account", Assert.Throws<ArgumentException>(() => new AttestedBook(7, [attestations[0], attestations[0]])).Message, StringComparison.Ordinal);
    }

    /// <summary>Few values a word, so that prefixes and whole hashes are often equal.</summary>
    private static Hash32 Leaf(Random random) => random.Next(3) == 0 ? new Hash32((ulong)random.Next(3), 0, (ulong)random.Next(2), 7) : new Hash32((ulong)random.NextInt64(), 1, 2, 3);

    private static RiskRegistry.RiskAttestation Attestation(int account, long leastCash) =>
        new((ulong)account, Keccak256.HashUtf8($"positions {account}"), Keccak256.Empty, leastCash, account * 3, account * 2, 7, Keccak256.Empty, 99);
}
