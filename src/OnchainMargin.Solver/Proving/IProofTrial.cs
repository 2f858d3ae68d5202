using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Sending;

namespace OnchainMargin.Solver.Proving;

/// <summary>Tries an operation without sending it: whether the chain takes it, and what it costs, are the chain's to say.</summary>
internal interface IProofTrial
{
    /// <summary>The gas that it takes; null and the reason when the chain refuses it, or too much is being tried.</summary>
    Task<(ulong? Gas, string Refusal)> TryAsync(TransactionRequest request, Address from, CancellationToken cancellationToken);

    /// <summary>What a unit of gas costs now, in wei.</summary>
    Task<UInt256> GasPriceWeiAsync(CancellationToken cancellationToken);
}
