using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Signing;

/// <summary>What owners and attesters sign: the EIP-712 digests of orders, epochs and attestations of one deployment, equal to the contracts'.</summary>
public sealed class ProtocolDigests
{
    private static readonly Hash32 OrderType = Keccak256.HashUtf8(
        "Order(uint64 account,uint96 instrument,int64 sizeE8,uint64 limitPriceE8,uint64 nonce,uint40 expiry,uint32 maxFeeRateE8,uint8 flags)");

    private static readonly Hash32 EpochType = Keccak256.HashUtf8(
        "RiskEpoch(uint64 epoch,uint64 checkpoint,bytes32 inputsHash,bytes32 modelHash,bytes32 bookRoot,uint32 accounts)");

    private static readonly Hash32 AttestationType = Keccak256.HashUtf8(
        "RiskAttestation(uint64 account,bytes32 positionsHash,bytes32 collateralHash,int128 leastCashE8,int64 initialMarginE8,int64 maintenanceMarginE8,uint64 checkpoint,bytes32 inputsHash,bytes32 modelHash,uint40 validUntil)");

    /// <summary>The words before the checkpoint's content: epoch and checkpoint; all of an attestation up to its checkpoint.</summary>
    private const int EpochPlace = 2;
    private const int AttestationPlace = 7;

    private readonly TypedDomain _clearing;
    private readonly TypedDomain _registry;

    /// <summary>Makes the digests of a deployment.</summary>
    public ProtocolDigests(DeploymentRecord deployment)
    {
        ArgumentNullException.ThrowIfNull(deployment);
        _clearing = new TypedDomain("OnchainMargin", "1", deployment.ChainId, deployment.Contracts.Clearinghouse);
        _registry = new TypedDomain("OnchainMargin RiskRegistry", "1", deployment.ChainId, deployment.Contracts.RiskRegistry);
    }

    /// <summary>What an owner signs.</summary>
    public Hash32 Of(Clearinghouse.Order order) => _clearing.Digest(OrderType, order.Encode());

    /// <summary>What attesters sign of a whole book. The content of the checkpoint is part of it, so that a signature is worth nothing after a reorganisation that changed it.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="inputsHash">What the chain stores of its checkpoint.</param>
    public Hash32 Of(RiskRegistry.RiskEpoch epoch, Hash32 inputsHash) => _registry.Digest(EpochType, With(epoch.Encode(), EpochPlace, inputsHash));

    /// <summary>What attesters sign of one account on demand.</summary>
    /// <param name="attestation">The attestation.</param>
    /// <param name="inputsHash">What the chain stores of its checkpoint.</param>
    public Hash32 Of(RiskRegistry.RiskAttestation attestation, Hash32 inputsHash) => _registry.Digest(AttestationType, With(attestation.Encode(), AttestationPlace, inputsHash));

    /// <summary>Signs an order.</summary>
    public Clearinghouse.SignedOrder Sign(Clearinghouse.Order order, IHashSigner signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        return new Clearinghouse.SignedOrder(order, signer.Address, signer.SignHash(Of(order)).ToArray());
    }

    /// <summary>Signs an epoch.</summary>
    public RiskRegistry.AttesterSignature Sign(RiskRegistry.RiskEpoch epoch, Hash32 inputsHash, IHashSigner signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        return new RiskRegistry.AttesterSignature(signer.Address, signer.SignHash(Of(epoch, inputsHash)).ToArray());
    }

    /// <summary>Signs an attestation of one account.</summary>
    public RiskRegistry.AttesterSignature Sign(RiskRegistry.RiskAttestation attestation, Hash32 inputsHash, IHashSigner signer)
    {
        ArgumentNullException.ThrowIfNull(signer);
        return new RiskRegistry.AttesterSignature(signer.Address, signer.SignHash(Of(attestation, inputsHash)).ToArray());
    }

    /// <summary>The fields with one more word at a place.</summary>
    private static byte[] With(byte[] fields, int place, Hash32 word) => [.. fields.AsSpan(0, place * Hash32.Size), .. word.ToArray(), .. fields.AsSpan(place * Hash32.Size)];
}
