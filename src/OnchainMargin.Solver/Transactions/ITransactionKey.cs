using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Transactions;

namespace OnchainMargin.Solver.Transactions;

/// <summary>A key that signs transactions of one account on one chain.</summary>
internal interface ITransactionKey
{
    /// <summary>The account.</summary>
    Address Address { get; }

    /// <summary>A call of the account.</summary>
    FeeMarketTransaction Call(Address target, byte[] data, ulong gasLimit, ulong nonce, GasOffer offer);

    /// <summary>The code by which the key knows again, when it is read from a store, that a call is its own.</summary>
    byte[] Seal(FeeMarketTransaction call);

    /// <summary>Signs a call. The same call has the same signature always (RFC 6979): what is stored before it is signed is told by its hash after a restart.</summary>
    SignedTransaction Sign(FeeMarketTransaction call);
}
