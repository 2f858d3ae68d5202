using System.Text.Json;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Tests.Support;
using Org.BouncyCastle.Crypto.Digests;

namespace OnchainMargin.Ethereum.Tests.Hashing;

/// <summary>Many hashes beside each other, at every width, equal those of the library and of the official vectors, and those one by one.</summary>
public sealed class KeccakManyTests
{
    public static TheoryData<KeccakWidth> Widths() => [KeccakWidth.One, KeccakWidth.Four, KeccakWidth.Eight];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Hash_EveryLengthAroundTheBlocks_IsTheLibrarys(KeccakWidth width)
    {
        const int Count = 13;
        var random = new Random(7);
        for (int length = 0; length <= 420; length++)
        {
            var messages = new byte[Count * length];
            random.NextBytes(messages);
            var hashes = new Hash32[Count];

            KeccakMany.Hash(messages, length, hashes, width);

            for (int i = 0; i < Count; i++)
            {
                Assert.Equal(Library(messages.AsSpan(i * length, length)), hashes[i].ToArray());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void HashFoursTwice_EveryCount_IsTheHashOfTheHash(KeccakWidth width)
    {
        const int Length = 128;
        var messages = new byte[40 * Length];
        new Random(8).NextBytes(messages);
        Hash32[] words = [.. messages.Chunk(Hash32.Size).Select(static word => new Hash32(word))];
        for (int count = 0; count <= 40; count++)
        {
            var hashes = new Hash32[count];

            KeccakMany.HashFoursTwice(words.AsSpan(0, 4 * count), hashes, width);

            for (int i = 0; i < count; i++)
            {
                Assert.Equal(Library(Library(messages.AsSpan(i * Length, Length))), hashes[i].ToArray());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void HashPairs_EveryCountAndOrder_PutsTheSmallerFirst(KeccakWidth width)
    {
        var random = new Random(9);
        for (int count = 0; count <= 40; count++)
        {
            var pairs = new Hash32[2 * count];
            for (int i = 0; i < pairs.Length; i++)
            {
                // Few values a word, at both ends of its range, so that all words but the last are often equal and signs would show.
                pairs[i] = new Hash32(Word(random), Word(random), Word(random), Word(random));
            }

            var hashes = new Hash32[count];
            KeccakMany.HashPairs(pairs, hashes, width);

            for (int i = 0; i < count; i++)
            {
                (Hash32 a, Hash32 b) = (pairs[2 * i], pairs[(2 * i) + 1]);
                byte[] joined = a < b ? [.. a.ToArray(), .. b.ToArray()] : [.. b.ToArray(), .. a.ToArray()];
                Assert.Equal(Library(joined), hashes[i].ToArray());
            }
        }
    }

    [SharedDataFact("reference/eth")]
    public void Hash_OfTheOfficialVectorsByLength_IsTheirs()
    {
        int count = 0;
        foreach (IGrouping<int, JsonElement> group in Vectors.Load("ethers_hashes.json.gz").EnumerateArray().GroupBy(static vector => vector.Bytes("data").Length))
        {
            // Each vector stands in every lane of a group of its length, so that every lane meets it.
            JsonElement[] vectors = [.. Enumerable.Repeat(group.ToArray(), 8).SelectMany(static all => all)];
            byte[] messages = [.. vectors.SelectMany(static vector => vector.Bytes("data"))];
            foreach (KeccakWidth width in Enum.GetValues<KeccakWidth>())
            {
                var hashes = new Hash32[vectors.Length];
                KeccakMany.Hash(messages, group.Key, hashes, width);
                Assert.Equal(vectors.Select(static vector => vector.Text("keccak256")), hashes.Select(static hash => hash.ToString()));
            }

            count += group.Count();
        }

        Assert.Equal(257, count);
    }

    [Fact]
    public void Hash_OtherBytesThanAnnounced_SaysWhatToGive()
    {
        Assert.Contains("give all of them", Assert.Throws<ArgumentException>(static () => KeccakMany.Hash(new byte[7], 4, new Hash32[2])).Message, StringComparison.Ordinal);
        Assert.Contains("give four for each", Assert.Throws<ArgumentException>(static () => KeccakMany.HashFoursTwice(new Hash32[7], new Hash32[2])).Message, StringComparison.Ordinal);
        Assert.Contains("give two for each", Assert.Throws<ArgumentException>(static () => KeccakMany.HashPairs(new Hash32[3], new Hash32[2])).Message, StringComparison.Ordinal);
    }

    private static ulong Word(Random random) => random.Next(4) switch { 0 => 0, 1 => ulong.MaxValue, 2 => 1UL << 63, _ => 1 };

    private static byte[] Library(ReadOnlySpan<byte> data)
    {
        var peer = new KeccakDigest(256);
        peer.BlockUpdate(data.ToArray(), 0, data.Length);
        var hash = new byte[32];
        peer.DoFinal(hash, 0);
        return hash;
    }
}
