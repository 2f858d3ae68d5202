using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Transactions;

namespace OnchainMargin.Solver.Transactions;

/// <summary>A key that signs transactions of its account on one chain.</summary>
internal sealed class SigningKey(ITransactionSigner signer, ulong chainId) : ITransactionKey
{
    public Address Address => signer.Address;

    public (byte[] Raw, Hash32 Hash) Sign(Address target, byte[] data, ulong gasLimit, ulong nonce, GasOffer offer)
    {
        SignedTransaction signed = signer.Sign(new FeeMarketTransaction
        {
            ChainId = chainId,
            Nonce = nonce,
            GasLimit = gasLimit,
            To = target,
            Data = data,
            MaxFeePerGasWei = offer.MaxFeePerGasWei,
            MaxPriorityFeePerGasWei = offer.TipPerGasWei,
        });
        return (signed.Raw.ToArray(), signed.Hash);
    }
}
