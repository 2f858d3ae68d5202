using System.Security.Cryptography;
using System.Text.Json;
using OnchainMargin.Ethereum.Curve;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Tests.Support;

namespace OnchainMargin.Ethereum.Tests.Curve;

/// <summary>The official vectors, run against one implementation of the curve.</summary>
internal static class CurveVectors
{
    private static readonly (string Member, string Entropy)[] Entropies =
    [
        ("signature", ""),
        ("extraEntropy0", "0000000000000000000000000000000000000000000000000000000000000000"),
        ("extraEntropy1", "0000000000000000000000000000000000000000000000000000000000000001"),
        ("extraEntropyRand", "6e723d3fd94ed5d2b6bdd4f123364b0f3ca52af829988a63f8afe91d29db1c33"),
        ("extraEntropyN", "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141"),
        ("extraEntropyMax", "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
    ];

    /// <summary>2,019 signatures: same bytes, verified, and recovered to the key's own public key.</summary>
    public static void RunNobleValid(ISecp256k1 curve)
    {
        int count = 0;
        foreach (JsonElement vector in Vectors.Load("secp256k1_ecdsa_noble.json.gz").GetProperty("valid").EnumerateArray())
        {
            byte[] key = vector.Bytes("d");
            var hash = new Hash32(vector.Bytes("m"));
            Signature signature = curve.Sign(hash, key);
            var publicKey = new byte[64];
            var recovered = new byte[64];
            curve.GetPublicKey(key, publicKey);

            Assert.Equal(vector.Text("signature"), Compact(signature));
            Assert.True(curve.Verify(hash, signature.R, signature.S, publicKey));
            Assert.True(curve.TryRecover(hash, signature, recovered));
            Assert.Equal(publicKey, recovered);
            count++;
        }

        Assert.Equal(2019, count);
    }

    public static void RunNobleEntropy(ISecp256k1 curve)
    {
        int count = 0;
        foreach (JsonElement vector in Vectors.Load("secp256k1_ecdsa_noble.json.gz").GetProperty("extraEntropy").EnumerateArray())
        {
            foreach ((string member, string entropy) in Entropies)
            {
                Signature signature = curve.Sign(new Hash32(vector.Bytes("m")), vector.Bytes("d"), Vectors.Hex(entropy));
                Assert.Equal(vector.Text(member), Compact(signature));
                count++;
            }
        }

        Assert.Equal(30, count);
    }

    public static void RunNobleInvalid(ISecp256k1 curve)
    {
        JsonElement invalid = Vectors.Load("secp256k1_ecdsa_noble.json.gz").GetProperty("invalid");
        int count = 0;
        foreach (JsonElement vector in invalid.GetProperty("sign").EnumerateArray())
        {
            Assert.Throws<KeyException>(() => curve.Sign(new Hash32(vector.Bytes("m")), vector.Bytes("d")));
            count++;
        }

        foreach (JsonElement vector in invalid.GetProperty("verify").EnumerateArray())
        {
            Assert.False(Verifies(curve, vector), vector.GetRawText());
            count++;
        }

        Assert.Equal(29, count);
    }

    /// <summary>463 tests of verification; the bitcoin variant, where a high s does not count, as on Ethereum (EIP-2).</summary>
    public static void RunWycheproof(ISecp256k1 curve)
    {
        int count = 0;
        foreach (JsonElement group in Vectors.Load("wycheproof_ecdsa_secp256k1_sha256_bitcoin.json.gz").GetProperty("testGroups").EnumerateArray())
        {
            byte[] publicKey = group.GetProperty("publicKey").Bytes("uncompressed")[1..];
            foreach (JsonElement test in group.GetProperty("tests").EnumerateArray())
            {
                var hash = new Hash32(SHA256.HashData(test.Bytes("msg")));
                bool verified = DerSignature.TryRead(test.Bytes("sig"), out UInt256 r, out UInt256 s)
                    && s <= Secp256k1.HalfOrder
                    && curve.Verify(hash, r, s, publicKey);
                Assert.True(verified == test.Text("result") is "valid", test.GetRawText());
                count++;
            }
        }

        Assert.Equal(463, count);
    }

    /// <summary>The two accounts of ethereum/tests. Their "sig_of_emptystring" is not read: it recovers to neither account under keccak, SHA-2, SHA-3 or
    /// the EIP-191 hash of the empty string, so the file does not say what was signed.</summary>
    public static void RunKeyAddresses(ISecp256k1 curve)
    {
        int count = 0;
        foreach (JsonElement vector in Vectors.Load("ethtests_keyaddrtest.json").EnumerateArray())
        {
            byte[] key = vector.Bytes("key");
            var publicKey = new byte[64];
            curve.GetPublicKey(key, publicKey);
            Assert.Equal(vector.Text("addr"), Address.FromPublicKey(publicKey).ToLowerHex()[2..]);
            Assert.Equal(vector.Text("key"), Keccak256.HashUtf8(vector.Text("seed")).ToString()[2..]);
            count++;
        }

        Assert.Equal(2, count);
    }

    private static bool Verifies(ISecp256k1 curve, JsonElement vector)
    {
        byte[] tagged = vector.Bytes("Q");
        byte[] signature = vector.Bytes("signature");
        byte[] message = vector.Bytes("m");
        return tagged.Length == 65 && tagged[0] == 4 && signature.Length == 64 && message.Length == 32
            && curve.Verify(new Hash32(message), new UInt256(signature.AsSpan(0, 32)), new UInt256(signature.AsSpan(32)), tagged.AsSpan(1));
    }

    private static string Compact(Signature signature) => Convert.ToHexStringLower(signature.ToArray().AsSpan(0, 64));
}
