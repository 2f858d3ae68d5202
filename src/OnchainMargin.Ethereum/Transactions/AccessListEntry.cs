namespace OnchainMargin.Ethereum.Transactions;

/// <summary>A contract and the storage that a transaction announces to touch (EIP-2930).</summary>
/// <param name="Address">The contract.</param>
/// <param name="StorageKeys">The storage words.</param>
public sealed record AccessListEntry(Address Address, IReadOnlyList<Hash32> StorageKeys);
