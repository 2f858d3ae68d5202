using OnchainMargin.Ethereum.Hashing;

namespace OnchainMargin.Ethereum.TypedData;

/// <summary>What is signed for a typed struct.</summary>
public static class TypedDataDigest
{
    /// <summary>The hash of 19 01, the domain separator and the struct's hash.</summary>
    public static Hash32 Of(in Hash32 domainSeparator, in Hash32 structHash)
    {
        Span<byte> bytes = stackalloc byte[66];
        bytes[0] = 0x19;
        bytes[1] = 0x01;
        domainSeparator.CopyTo(bytes[2..]);
        structHash.CopyTo(bytes[34..]);
        return Keccak256.Hash(bytes);
    }
}
