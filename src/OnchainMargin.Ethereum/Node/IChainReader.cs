namespace OnchainMargin.Ethereum.Node;

/// <summary>Reads blocks, accounts and receipts.</summary>
public interface IChainReader
{
    /// <summary>The chain's number.</summary>
    Task<ulong> GetChainIdAsync(CancellationToken cancellationToken = default);

    /// <summary>The newest block's number.</summary>
    Task<ulong> GetBlockNumberAsync(CancellationToken cancellationToken = default);

    /// <summary>A block's header, or null when the node does not have it.</summary>
    Task<BlockHeader?> GetBlockAsync(BlockTag block, CancellationToken cancellationToken = default);

    /// <summary>The headers of blocks, in one question; null where the node does not have one.</summary>
    Task<IReadOnlyList<BlockHeader?>> GetBlocksAsync(IReadOnlyList<ulong> numbers, CancellationToken cancellationToken = default);

    /// <summary>An account's wei.</summary>
    Task<UInt256> GetBalanceAsync(Address account, BlockTag block = default, CancellationToken cancellationToken = default);

    /// <summary>The number of transactions an account has sent: its next nonce.</summary>
    Task<ulong> GetTransactionCountAsync(Address account, BlockTag block = default, CancellationToken cancellationToken = default);

    /// <summary>The code at an address; empty when there is none.</summary>
    Task<byte[]> GetCodeAsync(Address address, BlockTag block = default, CancellationToken cancellationToken = default);

    /// <summary>The receipt of a mined transaction, or null while it is not mined.</summary>
    Task<TransactionReceipt?> GetReceiptAsync(Hash32 transactionHash, CancellationToken cancellationToken = default);

    /// <summary>Whether the node knows a transaction, mined or waiting.</summary>
    Task<bool> IsTransactionKnownAsync(Hash32 transactionHash, CancellationToken cancellationToken = default);
}
