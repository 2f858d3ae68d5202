namespace OnchainMargin.Ethereum.Curve;

/// <summary>Chooses the implementation: the system's libsecp256k1 where it can be loaded, else the managed one.</summary>
public static class Secp256k1
{
    /// <summary>The order of the group.</summary>
    public static readonly UInt256 Order = UInt256.Parse("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

    /// <summary>The largest s that is "low".</summary>
    public static readonly UInt256 HalfOrder = Order >> 1;

    /// <summary>The managed implementation, always there.</summary>
    public static ISecp256k1 Managed { get; } = new ManagedSecp256k1();

    /// <summary>The native implementation, or null where the library is not installed, or signs otherwise.</summary>
    public static ISecp256k1? Native { get; } = WhenSame(NativeSecp256k1.TryLoad());

    /// <summary>The fastest implementation there is.</summary>
    public static ISecp256k1 Default { get; } = Native ?? Managed;

    /// <summary>The address that made a signature; false when no key can have made it. A high s is refused, as the chain does (EIP-2).</summary>
    public static bool TryRecoverAddress(in Hash32 hash, in Signature signature, out Address address)
    {
        Span<byte> publicKey = stackalloc byte[64];
        bool ok = signature.S <= HalfOrder && Default.TryRecover(hash, signature, publicKey);
        address = ok ? Address.FromPublicKey(publicKey) : default;
        return ok;
    }

    /// <summary>The 65 bytes of a signature as contracts recover it, with a v of 27 or 28, when it is a signer's own; null otherwise. Wallets give a v of 0 or 1, too, of which <c>ecrecover</c> knows nothing.</summary>
    public static byte[]? OwnSignature(in Hash32 hash, Address signer, ReadOnlySpan<byte> bytes)
    {
        try
        {
            var signature = Signature.FromBytes(bytes);
            return TryRecoverAddress(hash, signature, out Address found) && found == signer ? signature.ToArray() : null;
        }
        catch (EthereumFormatException)
        {
            return null;
        }
    }

    /// <summary>An implementation that signs as the managed one does, or null: a signature that follows from key and hash by whichever implementation is what lets a transaction be stored before it is signed.</summary>
    internal static ISecp256k1? WhenSame(ISecp256k1? other)
    {
        byte[] key = UInt256.One.ToHash32().ToArray();
        Hash32 hash = HalfOrder.ToHash32();
        return other?.Sign(hash, key) == Managed.Sign(hash, key) ? other : null;
    }

    internal static bool IsScalar(in UInt256 value) => !value.IsZero && value < Order;

    internal static void RequireKey(ReadOnlySpan<byte> privateKey)
    {
        if (privateKey.Length != 32 || !IsScalar(new UInt256(privateKey)))
        {
            throw new KeyException("The private key is not a number between 1 and the order of secp256k1; give 32 bytes of a real key.");
        }
    }

    internal static void RequireEntropy(ReadOnlySpan<byte> extraEntropy)
    {
        if (extraEntropy.Length is not (0 or 32))
        {
            throw new EthereumFormatException($"Extra entropy of {extraEntropy.Length} bytes was given for a signature; give none or 32.");
        }
    }

    /// <summary>The hash as a number below the order (bits2octets of RFC 6979).</summary>
    internal static UInt256 Reduce(in Hash32 hash)
    {
        UInt256 value = hash.ToUInt256();
        return value >= Order ? value - Order : value;
    }
}
