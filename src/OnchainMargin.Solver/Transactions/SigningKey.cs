using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Transactions;

namespace OnchainMargin.Solver.Transactions;

/// <summary>A key that signs transactions of its account on one chain.</summary>
internal sealed class SigningKey(PrivateKey key, ulong chainId) : ITransactionKey
{
    public Address Address => key.Address;

    public FeeMarketTransaction Call(Address target, byte[] data, ulong gasLimit, ulong nonce, GasOffer offer) => new()
    {
        ChainId = chainId,
        Nonce = nonce,
        GasLimit = gasLimit,
        To = target,
        Data = data,
        MaxFeePerGasWei = offer.MaxFeePerGasWei,
        MaxPriorityFeePerGasWei = offer.TipPerGasWei,
    };

    public byte[] Seal(FeeMarketTransaction call) => key.Seal(call.SigningHash()).ToArray();

    public SignedTransaction Sign(FeeMarketTransaction call) => key.Sign(call);
}
