using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Transactions;

namespace OnchainMargin.Ethereum.Sending;

/// <summary>Sends the transactions of one account.</summary>
public interface ITransactionSender
{
    /// <summary>The account that pays and signs.</summary>
    Address Address { get; }

    /// <summary>Prices, numbers and signs a transaction without sending it, so that it can be kept first. The nonce is taken until the transaction is broadcast or released.</summary>
    /// <exception cref="RevertException">Thrown when the contract would revert.</exception>
    Task<SignedTransaction> PrepareAsync(TransactionRequest request, CancellationToken cancellationToken = default);

    /// <summary>Hands a prepared transaction to the node. The same bytes may be handed over again: they can be mined once only.</summary>
    /// <exception cref="TransactionException">Thrown when the node refuses it, or when it is not known whether it arrived.</exception>
    Task BroadcastAsync(SignedTransaction transaction, CancellationToken cancellationToken = default);

    /// <summary>Gives up a prepared transaction that was never broadcast: the next one is numbered by the chain again.</summary>
    Task ReleaseAsync(SignedTransaction transaction, CancellationToken cancellationToken = default);

    /// <summary>Waits until a transaction is mined and deep enough.</summary>
    /// <exception cref="TransactionException">Thrown when that takes longer than allowed.</exception>
    Task<TransactionReceipt> WaitAsync(Hash32 transactionHash, CancellationToken cancellationToken = default);

    /// <summary>Prepares, broadcasts and waits.</summary>
    /// <exception cref="RevertException">Thrown when the contract reverts, with its own error decoded.</exception>
    /// <exception cref="TransactionException">Thrown when the transaction is refused or not mined in time.</exception>
    Task<TransactionReceipt> SendAsync(TransactionRequest request, CancellationToken cancellationToken = default);

    /// <summary>Makes a transaction that takes the place of one that waits too long: the same nonce and content for at least an eighth more.</summary>
    Task<SignedTransaction> BumpAsync(SignedTransaction transaction, CancellationToken cancellationToken = default);
}
