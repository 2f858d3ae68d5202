using OnchainMargin.Ethereum.Transactions;

namespace OnchainMargin.Ethereum.Keys;

/// <summary>Signs transactions for one account.</summary>
public interface ITransactionSigner
{
    /// <summary>The account.</summary>
    Address Address { get; }

    /// <summary>Signs a transaction.</summary>
    SignedTransaction Sign(Transaction transaction);
}
