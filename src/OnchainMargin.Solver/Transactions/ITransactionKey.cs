using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Transactions;

/// <summary>A key that signs transactions of one account on one chain.</summary>
internal interface ITransactionKey
{
    /// <summary>The account.</summary>
    Address Address { get; }

    /// <summary>Signs a call; the bytes can be broadcast.</summary>
    (byte[] Raw, Hash32 Hash) Sign(Address target, byte[] data, ulong gasLimit, ulong nonce, GasOffer offer);
}
