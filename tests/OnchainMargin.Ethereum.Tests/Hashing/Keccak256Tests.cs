using System.Text.Json;
using Org.BouncyCastle.Crypto.Digests;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Tests.Support;

namespace OnchainMargin.Ethereum.Tests.Hashing;

public sealed class Keccak256Tests
{
    [SharedDataFact("reference/eth")]
    public void Hash_OfTheOfficialVectors_IsTheirs()
    {
        int count = 0;
        foreach (JsonElement vector in Vectors.Load("ethers_hashes.json.gz").EnumerateArray())
        {
            Assert.Equal(vector.Text("keccak256"), Keccak256.Hash(vector.Bytes("data")).ToString());
            count++;
        }

        Assert.Equal(257, count);
    }

    [Fact]
    public void Hash_OfEveryLengthAroundTheBlocks_IsBouncyCastles()
    {
        var random = new Random(1);
        for (int length = 0; length <= 600; length++)
        {
            var data = new byte[length];
            random.NextBytes(data);
            var peer = new KeccakDigest(256);
            peer.BlockUpdate(data, 0, length);
            var expected = new byte[32];
            peer.DoFinal(expected, 0);

            Assert.Equal(expected, Keccak256.Hash(data).ToArray());
        }
    }

    [Fact]
    public void HashUtf8_OfAText_IsTheHashOfItsBytes()
    {
        Assert.Equal("0xacaf3289d7b601cbd114fb36c4d29c85bbfd5e133f14cb355c3fd8d99367964f", Keccak256.HashUtf8("Hello, World!").ToString());
        Assert.Equal(Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes(new string('é', 4000))), Keccak256.HashUtf8(new string('é', 4000)));
        Assert.Equal("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470", Keccak256.Empty.ToString());
    }
}
