namespace OnchainMargin.Ethereum.Curve;

/// <summary>The curve's operations. Every implementation gives the same bytes for the same input.</summary>
public interface ISecp256k1
{
    /// <summary>The name of the implementation, for logs and benches.</summary>
    string Name { get; }

    /// <summary>Signs a 32-byte hash with a nonce by RFC 6979 and low s.</summary>
    /// <param name="hash">The hash.</param>
    /// <param name="privateKey">32 bytes, in [1, order).</param>
    /// <param name="extraEntropy">Empty, or 32 bytes that go into the nonce as RFC 6979 section 3.6 says.</param>
    /// <exception cref="KeyException">Thrown when the key is not in range.</exception>
    Signature Sign(in Hash32 hash, ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> extraEntropy = default);

    /// <summary>Finds the public key (X ‖ Y, 64 bytes) that made a signature; false when no key can have made it.</summary>
    bool TryRecover(in Hash32 hash, in Signature signature, Span<byte> publicKey);

    /// <summary>Whether the key X ‖ Y made the signature; a high s is accepted, the caller refuses it where the field does.</summary>
    bool Verify(in Hash32 hash, in UInt256 r, in UInt256 s, ReadOnlySpan<byte> publicKey);

    /// <summary>The public key X ‖ Y of a private key.</summary>
    /// <exception cref="KeyException">Thrown when the key is not in range.</exception>
    void GetPublicKey(ReadOnlySpan<byte> privateKey, Span<byte> publicKey);
}
