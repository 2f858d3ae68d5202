using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace OnchainMargin.Ethereum.Curve;

/// <summary>secp256k1 by the system's libsecp256k1 (soname 1 or 2, with its recovery module). The hash is reduced by the order before it goes in,
/// because the library feeds it to the nonce unreduced where RFC 6979 reduces it.</summary>
internal sealed unsafe class NativeSecp256k1 : ISecp256k1
{
    private const uint ContextNone = 1;
    private const uint Uncompressed = 2;
    private const int OpaqueKey = 64;
    private const int OpaqueSignature = 65;

    private readonly nint _context;
    private readonly NativeFunctions _native;

    private NativeSecp256k1(NativeFunctions native, string name)
    {
        _native = native;
        Name = name;
        _context = native.ContextCreate(ContextNone);
        Span<byte> seed = stackalloc byte[32];
        RandomNumberGenerator.Fill(seed);
        fixed (byte* s = seed)
        {
            _ = native.ContextRandomize(_context, s);
        }
    }

    public string Name { get; }

    public static NativeSecp256k1? TryLoad()
    {
        foreach (string name in (ReadOnlySpan<string>)["libsecp256k1.so.1", "libsecp256k1.so.2", "libsecp256k1.2.dylib", "libsecp256k1.1.dylib"])
        {
            if (NativeLibrary.TryLoad(name, out nint library))
            {
                if (NativeFunctions.TryBind(library) is { } native)
                {
                    return new NativeSecp256k1(native, name);
                }

                NativeLibrary.Free(library);
            }
        }

        return null;
    }

    public Signature Sign(in Hash32 hash, ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> extraEntropy = default)
    {
        Secp256k1.RequireKey(privateKey);
        Secp256k1.RequireEntropy(extraEntropy);
        byte* message = stackalloc byte[32];
        byte* opaque = stackalloc byte[OpaqueSignature];
        byte* compact = stackalloc byte[64];
        Secp256k1.Reduce(hash).WriteBigEndian(new Span<byte>(message, 32));
        int recovery;
        fixed (byte* key = privateKey)
        fixed (byte* entropy = extraEntropy)
        {
            if (_native.SignRecoverable(_context, opaque, message, key, 0, extraEntropy.IsEmpty ? null : entropy) != 1)
            {
                throw new KeyException("The library refused to sign with this private key; give 32 bytes of a real key.");
            }
        }

        _ = _native.SerializeRecoverable(_context, compact, &recovery, opaque);
        return new Signature(new UInt256(new ReadOnlySpan<byte>(compact, 32)), new UInt256(new ReadOnlySpan<byte>(compact + 32, 32)), (byte)recovery);
    }

    public bool TryRecover(in Hash32 hash, in Signature signature, Span<byte> publicKey)
    {
        if (!Secp256k1.IsScalar(signature.R) || !Secp256k1.IsScalar(signature.S) || signature.RecoveryId > 3)
        {
            return false;
        }

        byte* message = stackalloc byte[32];
        byte* compact = stackalloc byte[64];
        byte* opaque = stackalloc byte[OpaqueSignature];
        byte* key = stackalloc byte[OpaqueKey];
        hash.CopyTo(new Span<byte>(message, 32));
        Compact(signature.R, signature.S, compact);
        if (_native.ParseRecoverable(_context, opaque, compact, signature.RecoveryId) != 1
            || _native.Recover(_context, key, opaque, message) != 1)
        {
            return false;
        }

        Serialize(key, publicKey);
        return true;
    }

    public bool Verify(in Hash32 hash, in UInt256 r, in UInt256 s, ReadOnlySpan<byte> publicKey)
    {
        if (!Secp256k1.IsScalar(r) || !Secp256k1.IsScalar(s) || publicKey.Length != 64)
        {
            return false;
        }

        byte* message = stackalloc byte[32];
        byte* compact = stackalloc byte[64];
        byte* opaque = stackalloc byte[OpaqueSignature];
        byte* key = stackalloc byte[OpaqueKey];
        byte* tagged = stackalloc byte[65];
        hash.CopyTo(new Span<byte>(message, 32));
        // The library verifies low s only; the higher twin verifies exactly when the lower does.
        Compact(r, s > Secp256k1.HalfOrder ? Secp256k1.Order - s : s, compact);
        tagged[0] = 4;
        publicKey.CopyTo(new Span<byte>(tagged + 1, 64));
        return _native.ParsePublicKey(_context, key, tagged, 65) == 1
            && _native.ParseSignature(_context, opaque, compact) == 1
            && _native.Verify(_context, opaque, message, key) == 1;
    }

    public void GetPublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey)
    {
        Secp256k1.RequireKey(privateKey);
        byte* key = stackalloc byte[OpaqueKey];
        fixed (byte* secret = privateKey)
        {
            _ = _native.CreatePublicKey(_context, key, secret);
        }

        Serialize(key, publicKey);
    }

    private static void Compact(in UInt256 r, in UInt256 s, byte* compact)
    {
        r.WriteBigEndian(new Span<byte>(compact, 32));
        s.WriteBigEndian(new Span<byte>(compact + 32, 32));
    }

    private void Serialize(byte* key, Span<byte> publicKey)
    {
        byte* tagged = stackalloc byte[65];
        nuint length = 65;
        _ = _native.SerializePublicKey(_context, tagged, &length, key, Uncompressed);
        new ReadOnlySpan<byte>(tagged + 1, 64).CopyTo(publicKey);
    }
}
