using OnchainMargin.Ethereum.Curve;

namespace OnchainMargin.Ethereum.Keys;

/// <summary>Signs hashes for one account: the digests of EIP-191 messages and EIP-712 structs.</summary>
public interface IHashSigner
{
    /// <summary>The account.</summary>
    Address Address { get; }

    /// <summary>Signs a 32-byte digest.</summary>
    Signature SignHash(Hash32 hash);
}
