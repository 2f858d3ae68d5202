using OnchainMargin.Ethereum.Hashing;

namespace OnchainMargin.Ethereum.TypedData;

/// <summary>The domain of EIP-712 signatures. What is null is not a field of the domain at all.</summary>
public sealed record TypedDataDomain
{
    /// <summary>The name of the protocol.</summary>
    public string? Name { get; init; }

    /// <summary>The version of the protocol.</summary>
    public string? Version { get; init; }

    /// <summary>The chain.</summary>
    public UInt256? ChainId { get; init; }

    /// <summary>The contract that checks the signatures.</summary>
    public Address? VerifyingContract { get; init; }

    /// <summary>What tells domains apart that are otherwise the same.</summary>
    public Hash32? Salt { get; init; }

    /// <summary>The domain's type, with the fields that are there, in the standard's order.</summary>
    public string EncodeType()
    {
        string?[] fields =
        [
            Name is null ? null : "string name",
            Version is null ? null : "string version",
            ChainId is null ? null : "uint256 chainId",
            VerifyingContract is null ? null : "address verifyingContract",
            Salt is null ? null : "bytes32 salt",
        ];
        return $"EIP712Domain({string.Join(',', fields.Where(static field => field is not null))})";
    }

    /// <summary>The domain separator: the hash of the domain. Compute it once and keep it.</summary>
    public Hash32 Separator()
    {
        var writer = new TypedStructWriter(stackalloc byte[6 * 32], Keccak256.HashUtf8(EncodeType()));
        if (Name is not null)
        {
            writer.AddText(Name);
        }

        if (Version is not null)
        {
            writer.AddText(Version);
        }

        if (ChainId is { } chainId)
        {
            writer.Add(chainId);
        }

        if (VerifyingContract is { } contract)
        {
            writer.Add(contract);
        }

        if (Salt is { } salt)
        {
            writer.Add(salt);
        }

        return writer.Hash();
    }
}
