using System.Text;
using System.Text.Json;
using OnchainMargin.Ethereum.Curve;
using OnchainMargin.Ethereum.Tests.Support;

namespace OnchainMargin.Ethereum.Tests.Curve;

public sealed class ManagedCurveTests
{
    [SharedDataFact("reference/eth")]
    public void Sign_OfNobleVectors_GivesTheirBytes() => CurveVectors.RunNobleValid(Secp256k1.Managed);

    [SharedDataFact("reference/eth")]
    public void Sign_WithExtraEntropy_GivesTheirBytes() => CurveVectors.RunNobleEntropy(Secp256k1.Managed);

    [SharedDataFact("reference/eth")]
    public void SignAndVerify_OfInvalidVectors_Refuse() => CurveVectors.RunNobleInvalid(Secp256k1.Managed);

    [SharedDataFact("reference/eth")]
    public void Verify_OfWycheproof_Agrees() => CurveVectors.RunWycheproof(Secp256k1.Managed);

    [SharedDataFact("reference/eth")]
    public void PublicKey_OfEthereumTests_GivesTheAccounts() => CurveVectors.RunKeyAddresses(Secp256k1.Managed);

    [SharedDataFact("reference/eth")]
    public void Nonces_OfRfc6979Vectors_AreTheirs()
    {
        int count = 0;
        foreach (JsonElement vector in Vectors.Load("secp256k1_rfc6979_k.json").EnumerateArray())
        {
            var hash = new Hash32(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(vector.Text("message"))));
            using var nonces = new Rfc6979(vector.Bytes("d"), Secp256k1.Reduce(hash), []);
            var nonce = new byte[32];
            for (int i = 0; i <= 15; i++)
            {
                nonces.Next(nonce);
                if (i is 0 or 1 or 15)
                {
                    Assert.Equal(vector.Text($"k{i}"), Convert.ToHexStringLower(nonce));
                }
            }

            count++;
        }

        Assert.Equal(10, count);
    }

    [Fact]
    public void TryRecover_OfSignaturesNobodyMade_IsFalse()
    {
        var publicKey = new byte[64];
        foreach (ISecp256k1 curve in new[] { Secp256k1.Managed, Secp256k1.Native }.OfType<ISecp256k1>())
        {
            Assert.False(curve.TryRecover(Hash32.Zero, new Signature(0U, 1U, 0), publicKey));
            Assert.False(curve.TryRecover(Hash32.Zero, new Signature(1U, 0U, 0), publicKey));
            Assert.False(curve.TryRecover(Hash32.Zero, new Signature(Secp256k1.Order, 1U, 0), publicKey));
            Assert.False(curve.TryRecover(Hash32.Zero, new Signature(1U, Secp256k1.Order, 0), publicKey));
            Assert.False(curve.TryRecover(Hash32.Zero, new Signature(1U, 1U, 4), publicKey));
            Assert.False(curve.TryRecover(Hash32.Zero, new Signature(5U, 1U, 0), publicKey));
            Assert.False(curve.TryRecover(Hash32.Zero, new Signature(Secp256k1.HalfOrder, 1U, 2), publicKey));
        }
    }
}
