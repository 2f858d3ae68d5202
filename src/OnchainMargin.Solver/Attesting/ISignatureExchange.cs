using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Attesting;

/// <summary>Where attesters leave their signatures for each other. A signature says by itself who made it, so nothing else authenticates it.</summary>
public interface ISignatureExchange
{
    /// <summary>Offers a signature to the others.</summary>
    /// <param name="epoch">What was signed.</param>
    /// <param name="digest">The digest that was signed.</param>
    /// <param name="signature">The signature.</param>
    /// <param name="cancellationToken">Stops.</param>
    Task PublishAsync(RiskRegistry.RiskEpoch epoch, Hash32 digest, RiskRegistry.AttesterSignature signature, CancellationToken cancellationToken);

    /// <summary>Every signature of a digest that is known so far. They are not checked: whoever uses them recovers their signers.</summary>
    Task<IReadOnlyList<RiskRegistry.AttesterSignature>> CollectAsync(ulong epoch, Hash32 digest, CancellationToken cancellationToken);

    /// <summary>What others signed for that epoch number instead, by signer.</summary>
    IReadOnlyList<(RiskRegistry.RiskEpoch Epoch, Address Signer)> Others(ulong epoch, Hash32 digest);
}
