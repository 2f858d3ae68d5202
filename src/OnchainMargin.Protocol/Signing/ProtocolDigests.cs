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

    private static readonly Hash32 ProofRequestType = Keccak256.HashUtf8("ProofRequest(uint64 account,uint40 validUntil)");

    private static readonly Hash32 SurfaceType = Keccak256.HashUtf8(SurfaceText);

    private static readonly Hash32 PublicationType = Keccak256.HashUtf8("SurfacePublication(SurfaceUpdate[] updates)" + SurfaceText);

    private static readonly Hash32 UnderlyingStepType = Keccak256.HashUtf8(UnderlyingStepText);

    private static readonly Hash32 TokenStepType = Keccak256.HashUtf8(TokenStepText);

    private static readonly Hash32 StepsType = Keccak256.HashUtf8("ParameterSteps(UnderlyingStep[] underlyings,TokenStep[] tokens)" + TokenStepText + UnderlyingStepText);

    private const string SurfaceText =
        "SurfaceUpdate(uint16 underlying,uint32 expiry,uint40 time,uint64 forwardE8,uint64 spotE8,int64 aE12,uint64 bE12,int32 rhoE8,int32 mE8,uint32 sigmaE8)";

    private const string UnderlyingStepText =
        "UnderlyingStep(uint16 underlying,uint40 time,uint64 depthE8,uint32 priceRangeE8,uint32 volRangeE8,uint32 basisChargeE8,uint32 vegaChargeE8)";

    private const string TokenStepText = "TokenStep(uint16 token,uint40 time,uint32 haircutBaseE8)";

    /// <summary>The words before the checkpoint's content: epoch and checkpoint; all of an attestation up to its checkpoint.</summary>
    private const int EpochPlace = 2;
    private const int AttestationPlace = 7;

    private readonly TypedDomain _clearing;
    private readonly TypedDomain _registry;
    private readonly TypedDomain _surfaces;
    private readonly TypedDomain _steps;
    private readonly TypedDomain _proofs;

    /// <summary>Makes the digests of a deployment.</summary>
    public ProtocolDigests(DeploymentRecord deployment)
    {
        ArgumentNullException.ThrowIfNull(deployment);
        _clearing = new TypedDomain("OnchainMargin", "1", deployment.ChainId, deployment.Contracts.Clearinghouse);
        _registry = new TypedDomain("OnchainMargin RiskRegistry", "1", deployment.ChainId, deployment.Contracts.RiskRegistry);
        _surfaces = new TypedDomain("OnchainMargin VolSurfaces", "1", deployment.ChainId, deployment.Contracts.VolSurfaces);
        _steps = new TypedDomain("OnchainMargin ParameterSteps", "1", deployment.ChainId, deployment.Contracts.ParameterSteps);
        _proofs = new TypedDomain("OnchainMargin Proofs", "1", deployment.ChainId, deployment.Contracts.Clearinghouse);
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

    /// <summary>What attesters sign of surfaces that are published together; their order counts.</summary>
    public Hash32 Of(IReadOnlyList<VolSurfaces.SurfaceUpdate> updates) =>
        _surfaces.Digest(PublicationType, Keccak256.Hash(HashesOf(SurfaceType, updates.Select(static update => update.Encode()))).ToArray());

    /// <summary>What attesters sign of a step of parameters.</summary>
    public Hash32 Of(IReadOnlyList<ParameterSteps.UnderlyingStep> underlyings, IReadOnlyList<ParameterSteps.TokenStep> tokens) => _steps.Digest(
        StepsType,
        [
            .. Keccak256.Hash(HashesOf(UnderlyingStepType, underlyings.Select(static step => step.Encode()))).ToArray(),
            .. Keccak256.Hash(HashesOf(TokenStepType, tokens.Select(static step => step.Encode()))).ToArray(),
        ]);

    /// <summary>What an owner, or who may trade for him, signs to be given attestations of an account. It moves nothing: attesters work for those alone who have an account to show.</summary>
    /// <param name="account">The account.</param>
    /// <param name="validUntilSeconds">The last second, by the chain's time, at which it counts.</param>
    public Hash32 OfProofRequest(ulong account, ulong validUntilSeconds) =>
        _proofs.Digest(ProofRequestType, [.. ((UInt256)account).ToHash32().ToArray(), .. ((UInt256)validUntilSeconds).ToHash32().ToArray()]);

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

    /// <summary>The hashes of structs, one after another: what EIP-712 hashes of an array.</summary>
    private static byte[] HashesOf(Hash32 type, IEnumerable<byte[]> structs) => [.. structs.SelectMany(fields => Keccak256.Hash([.. type.ToArray(), .. fields]).ToArray())];

    /// <summary>The fields with one more word at a place.</summary>
    private static byte[] With(byte[] fields, int place, Hash32 word) => [.. fields.AsSpan(0, place * Hash32.Size), .. word.ToArray(), .. fields.AsSpan(place * Hash32.Size)];
}
