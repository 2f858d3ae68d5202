namespace OnchainMargin.Ethereum.TypedData;

/// <summary>A struct that is signed by EIP-712.</summary>
public interface ITypedStruct
{
    /// <summary>The hash of the struct: of its type's hash and its members, as <see cref="TypedStructWriter"/> makes it.</summary>
    Hash32 HashStruct();
}
