using System.Security.Cryptography;

namespace OnchainMargin.Ethereum.Curve;

/// <summary>The deterministic nonces of RFC 6979 with HMAC-SHA-256 for a 256-bit group order.</summary>
internal sealed class Rfc6979 : IDisposable
{
    private readonly byte[] _k = new byte[32];
    private readonly byte[] _v = new byte[32];
    private bool _started;

    public Rfc6979(ReadOnlySpan<byte> privateKey, in UInt256 reducedHash, ReadOnlySpan<byte> extraEntropy)
    {
        Span<byte> seed = stackalloc byte[96];
        privateKey.CopyTo(seed);
        reducedHash.WriteBigEndian(seed[32..]);
        extraEntropy.CopyTo(seed[64..]);
        seed = seed[..(64 + extraEntropy.Length)];
        _v.AsSpan().Fill(1);
        Update(0, seed);
        Update(1, seed);
        CryptographicOperations.ZeroMemory(seed);
    }

    /// <summary>Writes the next candidate that lies in [1, order).</summary>
    public void Next(Span<byte> nonce)
    {
        do
        {
            if (_started)
            {
                Update(0, []);
            }

            _started = true;
            HMACSHA256.HashData(_k, _v, _v);
            _v.CopyTo(nonce);
        }
        while (!Secp256k1.IsScalar(new UInt256(nonce)));
    }

    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_k);
        CryptographicOperations.ZeroMemory(_v);
    }

    private void Update(byte tag, ReadOnlySpan<byte> seed)
    {
        Span<byte> message = stackalloc byte[33 + 96];
        _v.CopyTo(message);
        message[32] = tag;
        seed.CopyTo(message[33..]);
        HMACSHA256.HashData(_k, message[..(33 + seed.Length)], _k);
        HMACSHA256.HashData(_k, _v, _v);
        CryptographicOperations.ZeroMemory(message);
    }
}
