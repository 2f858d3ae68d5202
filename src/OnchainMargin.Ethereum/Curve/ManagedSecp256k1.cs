using Org.BouncyCastle.Crypto.EC;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;

namespace OnchainMargin.Ethereum.Curve;

/// <summary>secp256k1 on BouncyCastle's arithmetic of points, and of numbers modulo the group's order, which is a prime field as well.</summary>
internal sealed class ManagedSecp256k1 : ISecp256k1
{
    internal static readonly ECPoint Generator = CustomNamedCurves.GetByName("secp256k1").G;
    internal static readonly BigInteger N = Generator.Curve.Order;
    private static readonly ECCurve Curve = Generator.Curve;

    /// <summary>Stands for the numbers modulo the order; nobody asks for its points.</summary>
    private static readonly FpCurve Scalars = new(N, BigInteger.Zero, BigInteger.One, N, BigInteger.One);
    private static readonly BigInteger HalfN = N.ShiftRight(1);
    private static readonly BigInteger P = Curve.Field.Characteristic;

    public string Name => "managed";

    public Signature Sign(in Hash32 hash, ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> extraEntropy = default)
    {
        Secp256k1.RequireKey(privateKey);
        Secp256k1.RequireEntropy(extraEntropy);
        UInt256 reduced = Secp256k1.Reduce(hash);
        ECFieldElement d = Scalars.FromBigInteger(Number(privateKey));
        ECFieldElement z = Scalar(reduced);
        Span<byte> nonce = stackalloc byte[32];
        using var nonces = new Rfc6979(privateKey, reduced, extraEntropy);
        while (true)
        {
            nonces.Next(nonce);
            BigInteger k = Number(nonce);
            ECPoint point = GeneratorTable.Multiply(k).Normalize();
            BigInteger x = point.AffineXCoord.ToBigInteger();
            BigInteger r = x.Mod(N);
            BigInteger s = Scalars.FromBigInteger(r).Multiply(d).Add(z).Divide(Scalars.FromBigInteger(k)).ToBigInteger();
            if (r.SignValue == 0 || s.SignValue == 0)
            {
                continue;
            }

            int recovery = (x.CompareTo(N) >= 0 ? 2 : 0) | (point.AffineYCoord.TestBitZero() ? 1 : 0);
            if (s.CompareTo(HalfN) > 0)
            {
                s = N.Subtract(s);
                recovery ^= 1;
            }

            return new Signature(Number(r), Number(s), (byte)recovery);
        }
    }

    public bool TryRecover(in Hash32 hash, in Signature signature, Span<byte> publicKey)
    {
        if (!Secp256k1.IsScalar(signature.R) || !Secp256k1.IsScalar(signature.S) || signature.RecoveryId > 3)
        {
            return false;
        }

        BigInteger r = Number(signature.R);
        BigInteger x = (signature.RecoveryId & 2) != 0 ? r.Add(N) : r;
        if (x.CompareTo(P) >= 0 || !TryPoint(x, (signature.RecoveryId & 1) != 0, out ECPoint nonce))
        {
            return false;
        }

        ECFieldElement inverse = Scalars.FromBigInteger(r).Invert();
        ECFieldElement u1 = Scalar(Secp256k1.Reduce(hash)).Negate().Multiply(inverse);
        ECFieldElement u2 = Scalar(signature.S).Multiply(inverse);
        ECPoint key = GeneratorTable.Multiply(u1.ToBigInteger()).Add(nonce.Multiply(u2.ToBigInteger())).Normalize();
        return TryWrite(key, publicKey);
    }

    public bool Verify(in Hash32 hash, in UInt256 r, in UInt256 s, ReadOnlySpan<byte> publicKey)
    {
        if (!Secp256k1.IsScalar(r) || !Secp256k1.IsScalar(s) || !TryPublicKey(publicKey, out ECPoint key))
        {
            return false;
        }

        ECFieldElement inverse = Scalar(s).Invert();
        ECFieldElement u1 = Scalar(Secp256k1.Reduce(hash)).Multiply(inverse);
        ECFieldElement u2 = Scalar(r).Multiply(inverse);
        ECPoint point = GeneratorTable.Multiply(u1.ToBigInteger()).Add(key.Multiply(u2.ToBigInteger())).Normalize();
        return !point.IsInfinity && point.AffineXCoord.ToBigInteger().Mod(N).Equals(Number(r));
    }

    public void GetPublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        Secp256k1.RequireKey(privateKey);
        _ = TryWrite(GeneratorTable.Multiply(Number(privateKey)).Normalize(), publicKey);
    }

    private static bool TryPoint(BigInteger x, bool odd, out ECPoint point)
    {
        ECFieldElement field = Curve.FromBigInteger(x);
        ECFieldElement? y = field.Square().Multiply(field).Add(Curve.B).Sqrt();
        point = Curve.Infinity;
        if (y is null)
        {
            return false;
        }

        point = Curve.CreatePoint(x, (y.TestBitZero() == odd ? y : y.Negate()).ToBigInteger());
        return true;
    }

    private static bool TryPublicKey(ReadOnlySpan<byte> publicKey, out ECPoint point)
    {
        point = Curve.Infinity;
        if (publicKey.Length != 64)
        {
            return false;
        }

        BigInteger x = Number(publicKey[..32]);
        BigInteger y = Number(publicKey[32..]);
        if (x.CompareTo(P) >= 0 || y.CompareTo(P) >= 0)
        {
            return false;
        }

        point = Curve.CreatePoint(x, y);
        return point.IsValid();
    }

    private static bool TryWrite(ECPoint point, Span<byte> publicKey)
    {
        if (point.IsInfinity)
        {
            return false;
        }

        Number(point.AffineXCoord.ToBigInteger()).WriteBigEndian(publicKey);
        Number(point.AffineYCoord.ToBigInteger()).WriteBigEndian(publicKey[32..]);
        return true;
    }

    private static ECFieldElement Scalar(in UInt256 value) => Scalars.FromBigInteger(Number(value));

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(1, bytes.ToArray());

    private static BigInteger Number(in UInt256 value)
    {
        var bytes = new byte[32];
        value.WriteBigEndian(bytes);
        return new BigInteger(1, bytes);
    }

    private static UInt256 Number(BigInteger value) => new(value.ToByteArrayUnsigned());
}
