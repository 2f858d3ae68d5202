using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using OnchainMargin.Ethereum.Curve;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Tests.Support;

namespace OnchainMargin.Ethereum.Tests.Curve;

public sealed class NativeCurveTests
{
    [Fact]
    public void WhenSame_SignsOtherwise_IsNotUsed()
    {
        Assert.Same(Secp256k1.Managed, Secp256k1.WhenSame(Secp256k1.Managed));
        Assert.Null(Secp256k1.WhenSame(new RandomNonces()));
        Assert.Null(Secp256k1.WhenSame(null));
    }

    [NativeCurveFact]
    public void Sign_OfNobleVectors_GivesTheirBytes() => CurveVectors.RunNobleValid(Secp256k1.Native!);

    [NativeCurveFact]
    public void Sign_WithExtraEntropy_GivesTheirBytes() => CurveVectors.RunNobleEntropy(Secp256k1.Native!);

    [NativeCurveFact]
    public void SignAndVerify_OfInvalidVectors_Refuse() => CurveVectors.RunNobleInvalid(Secp256k1.Native!);

    [NativeCurveFact]
    public void Verify_OfWycheproof_Agrees() => CurveVectors.RunWycheproof(Secp256k1.Native!);

    [NativeCurveFact]
    public void PublicKey_OfEthereumTests_GivesTheAccounts() => CurveVectors.RunKeyAddresses(Secp256k1.Native!);

    [NativeCurveFact]
    public void Sign_OfAnything_GivesTheSameBytesAsTheManagedCurve() =>
        Prop.ForAll(ArbMap.Default.ArbFor<(int Key, int Message, bool IsHigh)>(), static input =>
        {
            byte[] key = Keccak256.HashUtf8($"key {input.Key}").ToArray();

            // Hashes above the order are where implementations differ: RFC 6979 reduces them, the library does not.
            Hash32 hash = input.IsHigh ? (UInt256.MaxValue - (UInt256)(uint)Math.Abs((long)input.Message)).ToHash32() : Keccak256.HashUtf8($"message {input.Message}");
            var a = new byte[64];
            var b = new byte[64];
            Signature native = Secp256k1.Native!.Sign(hash, key);
            return native == Secp256k1.Managed.Sign(hash, key)
                && Secp256k1.Native.TryRecover(hash, native, a)
                && Secp256k1.Managed.TryRecover(hash, native, b)
                && a.AsSpan().SequenceEqual(b);
        }).QuickCheckThrowOnFailure();

    /// <summary>Valid signatures, whose nonces are not those of RFC 6979.</summary>
    private sealed class RandomNonces : ISecp256k1
    {
        public string Name => "random nonces";

        public Signature Sign(in Hash32 hash, ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> extraEntropy = default) => Secp256k1.Managed.Sign(hash, privateKey, RandomNumberGenerator.GetBytes(32));

        public bool TryRecover(in Hash32 hash, in Signature signature, Span<byte> publicKey) => Secp256k1.Managed.TryRecover(hash, signature, publicKey);

        public bool Verify(in Hash32 hash, in UInt256 r, in UInt256 s, ReadOnlySpan<byte> publicKey) => Secp256k1.Managed.Verify(hash, r, s, publicKey);

        public void GetPublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey) => Secp256k1.Managed.GetPublicKey(privateKey, publicKey);
    }
}
