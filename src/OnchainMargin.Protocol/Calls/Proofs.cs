using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using Balance = OnchainMargin.Margin.Balance;

namespace OnchainMargin.Protocol.Calls;

/// <summary>How an account shows that it may be in the state that an operation leaves it in: the one <c>proof</c> argument of withdrawals, trades and bids.</summary>
public static class Proofs
{
    private const byte SignedKind = 1;
    private const byte LeafKind = 2;
    private const byte HeadroomKind = 3;
    private const byte ReducingKind = 4;

    private const string Attestation =
        "(uint64 account,bytes32 positionsHash,bytes32 collateralHash,int128 leastCashE8,int64 initialMarginE8,int64 maintenanceMarginE8,uint64 checkpoint,bytes32 modelHash,uint40 validUntil) attestation";

    private static readonly IReadOnlyList<AbiParameter> SignedHealth = Parameters(
        $"({Attestation},(address signer,bytes signature)[] signatures,bytes balances) value");

    private static readonly IReadOnlyList<AbiParameter> LeafHealth = Parameters(
        $"({Attestation},uint64 epoch,bytes32[] merkleProof,bytes balances) value");

    private static readonly IReadOnlyList<AbiParameter> HeadroomHealth = Parameters("(uint8 kind,bytes data) value");

    /// <summary>The referee computes everything on chain, at the highest gas and with nobody's help.</summary>
    public static Clearinghouse.Proof Computed { get; } = new(0, []);

    /// <summary>The operation only reduces.</summary>
    public static Clearinghouse.Proof Reducing { get; } = new(ReducingKind, []);

    /// <summary>An attestation that attesters signed on demand.</summary>
    /// <param name="attestation">What they signed.</param>
    /// <param name="signatures">Their signatures; they are put in ascending order of signers.</param>
    /// <param name="balances">The collateral that the attestation names.</param>
    public static Clearinghouse.Proof OnDemand(
        RiskRegistry.RiskAttestation attestation, IEnumerable<RiskRegistry.AttesterSignature> signatures, IEnumerable<Balance> balances)
    {
        object[] pairs = [.. signatures.OrderBy(static signature => signature.Signer).Select(static signature => (object)new object[] { signature.Signer, signature.Signature })];
        return new Clearinghouse.Proof(SignedKind, AbiCodec.Encode(SignedHealth, (object)new object[] { Fields(attestation), pairs, Balances.Pack(balances) }));
    }

    /// <summary>A leaf of a posted epoch.</summary>
    /// <param name="attestation">The leaf.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="merkleProof">The siblings up to the epoch's root.</param>
    /// <param name="balances">The collateral that the attestation names.</param>
    public static Clearinghouse.Proof Leaf(
        RiskRegistry.RiskAttestation attestation, ulong epoch, IEnumerable<Hash32> merkleProof, IEnumerable<Balance> balances)
    {
        object[] siblings = [.. merkleProof.Select(static sibling => (object)sibling)];
        return new Clearinghouse.Proof(LeafKind, AbiCodec.Encode(LeafHealth, (object)new object[] { Fields(attestation), epoch, siblings, Balances.Pack(balances) }));
    }

    /// <summary>Headroom of an attestation (signed or leaf) of the positions before the trade.</summary>
    /// <param name="before">A proof made by <see cref="OnDemand"/> or <see cref="Leaf"/>.</param>
    public static Clearinghouse.Proof Headroom(Clearinghouse.Proof before) =>
        before.Kind is SignedKind or LeafKind
            ? new Clearinghouse.Proof(HeadroomKind, AbiCodec.Encode(HeadroomHealth, (object)new object[] { before.Kind, before.Data }))
            : throw new ArgumentException($"Headroom was asked of a proof of kind {before.Kind}; give a signed attestation or a leaf.", nameof(before));

    private static object[] Fields(RiskRegistry.RiskAttestation attestation) =>
    [
        attestation.Account,
        attestation.PositionsHash,
        attestation.CollateralHash,
        (Int256)attestation.LeastCashE8,
        attestation.InitialMarginE8,
        attestation.MaintenanceMarginE8,
        attestation.Checkpoint,
        attestation.ModelHash,
        attestation.ValidUntil,
    ];

    private static IReadOnlyList<AbiParameter> Parameters(string type) => ContractAbi.FromSignatures($"function encode({type})").Functions[0].Inputs;
}
