using System.Runtime.InteropServices;

namespace OnchainMargin.Ethereum.Curve;

/// <summary>An ECDSA signature with the parity of its nonce point, from which the signer can be recovered.</summary>
/// <param name="R">The nonce point's x, reduced by the order.</param>
/// <param name="S">The proof; at most half the order ("low s") when made here.</param>
/// <param name="RecoveryId">Bit 0: y of the nonce point is odd. Bit 1: its x was at least the order (never in practice).</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Signature(UInt256 R, UInt256 S, byte RecoveryId)
{
    /// <summary>The length of the form R ‖ S ‖ V.</summary>
    public const int Size = 65;

    /// <summary>27 or 28: the form that Solidity's <c>ecrecover</c> expects.</summary>
    public byte V => (byte)(27 + (RecoveryId & 1));

    /// <summary>Reads R ‖ S ‖ V, where V may be 0, 1, 27 or 28.</summary>
    /// <exception cref="EthereumFormatException">Thrown when the length or V is wrong.</exception>
    public static Signature FromBytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size)
        {
            throw new EthereumFormatException($"A signature was given {bytes.Length} bytes; give 65 (r, s, v).");
        }

        byte v = bytes[64];
        if (v is not (0 or 1 or 27 or 28))
        {
            throw new EthereumFormatException($"A signature ends in v = {v}; it must be 0, 1, 27 or 28.");
        }

        return new Signature(new UInt256(bytes[..32]), new UInt256(bytes[32..64]), (byte)(v >= 27 ? v - 27 : v));
    }

    /// <summary>The 65 bytes R ‖ S ‖ V with V 27 or 28.</summary>
    public byte[] ToArray()
    {
        var bytes = new byte[Size];
        R.WriteBigEndian(bytes);
        S.WriteBigEndian(bytes.AsSpan(32));
        bytes[64] = V;
        return bytes;
    }

    /// <summary>The 65 bytes in hex.</summary>
    public override string ToString() => HexData.Encode(ToArray());
}
