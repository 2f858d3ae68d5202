using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Transactions;

namespace OnchainMargin.Solver.Transactions;

/// <summary>What the transaction manager needs of a node.</summary>
internal interface ITransactionNode
{
    /// <summary>Asks once more whether this is the chain that transactions are signed for.</summary>
    /// <exception cref="RpcTransportException">Thrown when it is another one.</exception>
    Task RequireChainAsync(CancellationToken cancellationToken);

    /// <summary>The newest block's number and how many transactions of the account are mined up to it, from one node: of two, the one may be behind the other.</summary>
    Task<(ulong Head, ulong Mined)> GetHeadAndMinedNonceAsync(Address sender, CancellationToken cancellationToken);

    /// <summary>The hash of the block of a number in the newest block's chain, or null where there is none.</summary>
    Task<Hash32?> GetBlockHashAsync(ulong number, CancellationToken cancellationToken);

    /// <summary>How many transactions of the account are mined in the newest block's chain: the first nonce that is free there.</summary>
    Task<ulong> GetMinedNonceAsync(Address sender, CancellationToken cancellationToken);

    /// <summary>What the account has, in wei.</summary>
    Task<UInt256> GetBalanceAsync(Address account, CancellationToken cancellationToken);

    /// <summary>The gas that the call would use.</summary>
    /// <exception cref="RevertException">Thrown when it would be reverted.</exception>
    /// <exception cref="TransactionTooLargeException">Thrown when the node finds no gas that is enough.</exception>
    Task<ulong> EstimateGasAsync(Address sender, Address target, byte[] data, CancellationToken cancellationToken);

    /// <summary>What to offer for gas now.</summary>
    Task<GasOffer> EstimateFeesAsync(CancellationToken cancellationToken);

    /// <summary>What became of a transaction, or null while it is in no block.</summary>
    Task<MinedTransaction?> FindMinedAsync(Hash32 hash, CancellationToken cancellationToken);

    /// <summary>Hands a signed transaction in. Doing it again with the same one does nothing twice.</summary>
    /// <param name="transaction">The transaction.</param>
    /// <param name="isPrivate">Whether only the private relay may have them; they go to every node otherwise, and also where no relay is named.</param>
    /// <param name="cancellationToken">Stops.</param>
    Task BroadcastAsync(SignedTransaction transaction, bool isPrivate, CancellationToken cancellationToken);

    /// <summary>Why a mined transaction was reverted, in words, as far as the node can tell by calling it again at its block.</summary>
    Task<string> ExplainRevertAsync(Address sender, Address target, byte[] data, ulong blockNumber, CancellationToken cancellationToken);
}
