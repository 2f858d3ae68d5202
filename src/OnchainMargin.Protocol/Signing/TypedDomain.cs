using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;

namespace OnchainMargin.Protocol.Signing;

/// <summary>An EIP-712 domain of one contract on one chain, and the digests of structs in it.</summary>
public sealed class TypedDomain
{
    private static readonly Hash32 DomainType = Keccak256.HashUtf8("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");

    private readonly Hash32 _separator;

    /// <summary>Makes the domain.</summary>
    /// <param name="name">The signing domain's name, as the contract declares it.</param>
    /// <param name="version">Its version.</param>
    /// <param name="chainId">The chain.</param>
    /// <param name="contract">The contract that checks the signatures.</param>
    public TypedDomain(string name, string version, ulong chainId, Address contract)
    {
        Span<byte> words = stackalloc byte[5 * Hash32.Size];
        DomainType.CopyTo(words);
        Keccak256.HashUtf8(name).CopyTo(words[32..]);
        Keccak256.HashUtf8(version).CopyTo(words[64..]);
        ((UInt256)chainId).WriteBigEndian(words[96..]);
        contract.CopyTo(words[(128 + 12)..]);
        _separator = Keccak256.Hash(words);
    }

    /// <summary>What is signed for a struct: <c>keccak256(0x1901 ‖ domain ‖ keccak256(type ‖ fields))</c>.</summary>
    /// <param name="typeHash">The hash of the struct's type text.</param>
    /// <param name="fields">The struct's fields as <c>abi.encode</c> gives them; all of them of one word.</param>
    public Hash32 Digest(Hash32 typeHash, ReadOnlySpan<byte> fields)
    {
        byte[] content = [.. typeHash.ToArray(), .. fields];
        Span<byte> message = stackalloc byte[2 + (2 * Hash32.Size)];
        message[0] = 0x19;
        message[1] = 0x01;
        _separator.CopyTo(message[2..]);
        Keccak256.Hash(content).CopyTo(message[(2 + Hash32.Size)..]);
        return Keccak256.Hash(message);
    }
}
