using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using Instrument = OnchainMargin.Margin.Instrument;

namespace OnchainMargin.Protocol.Calls;

/// <summary>The transactions of the protocol as they go to a node: who is called with what. Pure; whoever sends them may keep them first.</summary>
/// <param name="contracts">The deployment.</param>
public sealed class ProtocolCalls(DeployedContracts contracts)
{
    /// <summary>Opens an account for an owner.</summary>
    public TransactionRequest OpenAccount(Address owner) => To(contracts.Clearinghouse, new Clearinghouse.OpenAccountCall(owner));

    /// <summary>Allows the vault to take tokens of the sender.</summary>
    public TransactionRequest Approve(Address token, UInt256 amountRaw) => To(token, new Erc20.ApproveCall(contracts.MarginVault, amountRaw));

    /// <summary>Pays tokens of the sender in for an account; the vault must be allowed to take them.</summary>
    public TransactionRequest Deposit(ulong account, Address owner, ushort token, UInt128 amountRaw) => To(contracts.MarginVault, new MarginVault.DepositCall(account, owner, token, amountRaw));

    /// <summary>Makes tokens of an account count that lie idle above their cap, as far as there is room.</summary>
    public TransactionRequest Engage(ulong account, ushort token) => To(contracts.MarginVault, new MarginVault.EngageCall(account, token));

    /// <summary>Pays out tokens of an account that lie idle above their cap; its owner only.</summary>
    public TransactionRequest WithdrawIdle(ulong account, ushort token, UInt128 amountRaw, Address to) => To(contracts.MarginVault, new MarginVault.WithdrawIdleCall(account, token, amountRaw, to));

    /// <summary>Pays tokens out of an account.</summary>
    /// <param name="account">The account in its present state.</param>
    /// <param name="token">The token.</param>
    /// <param name="amountRaw">The amount in base units.</param>
    /// <param name="to">Who receives it.</param>
    /// <param name="proof">How the state after is shown healthy: see <see cref="Proofs"/>.</param>
    public TransactionRequest Withdraw(BookAccount account, ushort token, UInt128 amountRaw, Address to, Clearinghouse.Proof proof) =>
        To(contracts.Clearinghouse, new Clearinghouse.WithdrawCall(Input(account, proof), token, amountRaw, to));

    /// <summary>Brings an account up to date: interest, sweep, locked gains.</summary>
    public TransactionRequest Touch(BookAccount account, Clearinghouse.Proof proof) => To(contracts.Clearinghouse, new Clearinghouse.TouchCall(Input(account, proof)));

    /// <summary>Applies matches of signed orders.</summary>
    /// <param name="accounts">Every account that takes part, with the proof for its state after; they are put in ascending order.</param>
    /// <param name="orders">The orders.</param>
    /// <param name="fills">The matches, by the orders' places.</param>
    public TransactionRequest Settle(IEnumerable<(BookAccount Account, Clearinghouse.Proof Proof)> accounts, IEnumerable<Clearinghouse.SignedOrder> orders, IEnumerable<Clearinghouse.Fill> fills) =>
        To(
            contracts.Clearinghouse,
            new Clearinghouse.SettleCall([.. accounts.OrderBy(static pair => pair.Account.Id).Select(static pair => Input(pair.Account, pair.Proof))], [.. orders], [.. fills]));

    /// <summary>Cancels nonces of an account's orders.</summary>
    public TransactionRequest Cancel(ulong account, params ulong[] nonces) => To(contracts.Clearinghouse, new Clearinghouse.CancelCall(account, nonces));

    /// <summary>Cancels all nonces of an account below one; the bound never falls.</summary>
    public TransactionRequest CancelBelow(ulong account, ulong minimumNonce) => To(contracts.Clearinghouse, new Clearinghouse.CancelBelowCall(account, minimumNonce));

    /// <summary>Lets somebody act for an account until a second, or takes it back by no rights; its owner only.</summary>
    public TransactionRequest SetDelegate(ulong account, Address who, DelegateRights rights, ulong untilSeconds) =>
        To(contracts.Clearinghouse, new Clearinghouse.SetDelegateCall(account, who, (byte)rights, untilSeconds));

    /// <summary>Takes a checkpoint.</summary>
    public TransactionRequest Checkpoint() => To(contracts.PriceHub, new PriceHub.CheckpointCall());

    /// <summary>Fixes the settlement price of an expiry that is over (ORC-004); refused while it waits for observations.</summary>
    /// <param name="underlying">The underlying.</param>
    /// <param name="expiry">The expiry, in Unix seconds.</param>
    public TransactionRequest FixSettlement(ushort underlying, uint expiry) => To(contracts.PriceHub, new PriceHub.FixSettlementCall(underlying, expiry));

    /// <summary>Posts an epoch.</summary>
    /// <param name="epoch">What was signed.</param>
    /// <param name="checkpoint">The checkpoint that it names; its hash is compared with what the chain stores.</param>
    /// <param name="signatures">At least as many as the registry asks for; they are put in ascending order of signers.</param>
    public TransactionRequest Post(RiskRegistry.RiskEpoch epoch, CheckpointInputs checkpoint, IEnumerable<RiskRegistry.AttesterSignature> signatures)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        return To(contracts.RiskRegistry, new RiskRegistry.PostCall(epoch, checkpoint.InputsHash, [.. signatures.OrderBy(static signature => signature.Signer)]));
    }

    /// <summary>Publishes surfaces in the order in which they were signed.</summary>
    /// <param name="updates">The surfaces.</param>
    /// <param name="signatures">At least as many as the registry asks for; they are put in ascending order of signers.</param>
    public TransactionRequest Publish(IEnumerable<VolSurfaces.SurfaceUpdate> updates, IEnumerable<RiskRegistry.AttesterSignature> signatures) => To(
        contracts.VolSurfaces,
        new VolSurfaces.PublishCall(
            [.. updates], [.. signatures.OrderBy(static signature => signature.Signer).Select(static signature => new VolSurfaces.AttesterSignature(signature.Signer, signature.Signature))]));

    /// <summary>Moves parameters by a step that attesters signed.</summary>
    /// <param name="underlyings">Of underlyings.</param>
    /// <param name="tokens">Of tokens.</param>
    /// <param name="signatures">At least as many as the registry asks for; they are put in ascending order of signers.</param>
    public TransactionRequest Step(
        IEnumerable<ParameterSteps.UnderlyingStep> underlyings, IEnumerable<ParameterSteps.TokenStep> tokens, IEnumerable<RiskRegistry.AttesterSignature> signatures) => To(
        contracts.ParameterSteps,
        new ParameterSteps.StepCall(
            [.. underlyings],
            [.. tokens],
            [.. signatures.OrderBy(static signature => signature.Signer).Select(static signature => new ParameterSteps.AttesterSignature(signature.Signer, signature.Signature))]));

    /// <summary>Commits to refute an attestation, a block before the refutation.</summary>
    public TransactionRequest Commit(Hash32 commitment) => To(contracts.Challenges, new Challenges.CommitCall(commitment));

    /// <summary>Refutes an attestation by a witness.</summary>
    public TransactionRequest Refute(Challenges.Accused accused, Challenges.Preimages preimages, byte[] witness, Hash32 salt) =>
        To(contracts.Challenges, new Challenges.RefuteCall(accused, preimages, witness, salt));

    /// <summary>Lets the full referee judge an attestation.</summary>
    public TransactionRequest Recompute(Challenges.Accused accused, Challenges.Preimages preimages, Hash32 salt) =>
        To(contracts.Challenges, new Challenges.RecomputeCall(accused, preimages, salt));

    /// <summary>Demands to see an account's leaf of an epoch.</summary>
    public TransactionRequest Demand(ulong epoch, ulong account) => To(contracts.Challenges, new Challenges.DemandCall(epoch, account));

    /// <summary>Supplies a leaf that was demanded.</summary>
    public TransactionRequest Supply(Challenges.RiskAttestation attestation, ulong epoch, Hash32[] merkleProof) =>
        To(contracts.Challenges, new Challenges.SupplyCall(attestation, epoch, merkleProof));

    /// <summary>Voids an epoch of which a leaf was withheld.</summary>
    public TransactionRequest VoidWithheld(ulong epoch, ulong account) => To(contracts.Challenges, new Challenges.VoidWithheldCall(epoch, account));

    /// <summary>Proves an account below its maintenance margin and opens a lot.</summary>
    /// <param name="account">The account in its present state.</param>
    /// <param name="witness">The witness (MRG-057).</param>
    public TransactionRequest Start(BookAccount account, byte[] witness)
    {
        ArgumentNullException.ThrowIfNull(account);
        return To(contracts.LiquidationHouse, new LiquidationHouse.StartCall(account.Id, account.StateBytes, witness));
    }

    /// <summary>Bids for a fraction of a lot.</summary>
    /// <param name="lot">The lot.</param>
    /// <param name="fractionE8">The fraction of the whole lot.</param>
    /// <param name="maxPayE8">The most to pay for all of the fraction, and of less its part; negative to demand at least that much from insurance.</param>
    /// <param name="bidder">The bidder's account in its present state.</param>
    /// <param name="proof">How its state after is shown healthy.</param>
    public TransactionRequest Bid(BookLot lot, ulong fractionE8, Int256 maxPayE8, BookAccount bidder, Clearinghouse.Proof proof) =>
        To(contracts.LiquidationHouse, BidCall(lot, fractionE8, maxPayE8, bidder, proof));

    /// <summary>The same as a typed call, to be simulated: it returns what would be paid.</summary>
    public static LiquidationHouse.BidCall BidCall(BookLot lot, ulong fractionE8, Int256 maxPayE8, BookAccount bidder, Clearinghouse.Proof proof)
    {
        ArgumentNullException.ThrowIfNull(lot);
        ArgumentNullException.ThrowIfNull(bidder);
        var input = new LiquidationHouse.AccountInput(bidder.Id, bidder.StateBytes, new LiquidationHouse.Proof(proof.Kind, proof.Data));
        return new LiquidationHouse.BidCall(lot.Id, Preimage(lot), fractionE8, maxPayE8, input);
    }

    /// <summary>Puts more of a lot for sale.</summary>
    public TransactionRequest Enlarge(BookLot lot, byte[] witness) => To(contracts.LiquidationHouse, new LiquidationHouse.EnlargeCall(lot.Id, Preimage(lot), witness));

    /// <summary>Ends a lot.</summary>
    public TransactionRequest Finish(BookLot lot) => To(contracts.LiquidationHouse, new LiquidationHouse.FinishCall(lot.Id, Preimage(lot)));

    /// <summary>Shows that a lot lacks something, from when on the incentive of its bidders rises.</summary>
    public TransactionRequest ShowLoss(BookLot lot) => To(contracts.LiquidationHouse, new LiquidationHouse.ShowLossCall(lot.Id, Preimage(lot)));

    /// <summary>Has the legs of a lot serve open needs, and takes over what an insolvent one has left that insurance cannot pay for.</summary>
    public TransactionRequest Deleverage(BookLot lot) => To(contracts.LiquidationHouse, new LiquidationHouse.DeleverageCall(lot.Id, Preimage(lot)));

    /// <summary>Has an account serve the open needs that its score reaches.</summary>
    public TransactionRequest ServeNeed(BookAccount account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return To(contracts.Clearinghouse, new Clearinghouse.ServeNeedCall(account.Id, account.StateBytes));
    }

    /// <summary>Closes a need that nobody served at the settlement price of its instrument.</summary>
    public TransactionRequest SettleNeed(Instrument instrument) => To(contracts.Clearinghouse, new Clearinghouse.SettleNeedCall(instrument.Packed));

    /// <summary>Winds down a market whose sources died: all that is open in it settles at its last price.</summary>
    public TransactionRequest WindDown(ushort underlying) => To(contracts.Clearinghouse, new Clearinghouse.WindDownCall(underlying));

    /// <summary>Pays what is held for the sender: rewards of starts, and what fees gave back of losses.</summary>
    /// <param name="to">Who gets it.</param>
    public TransactionRequest Claim(Address to) => To(contracts.Clearinghouse, new Clearinghouse.ClaimCall(to));

    /// <summary>Has the fees that are there pay losses: those that stand, and those that withdrawers took, in proportion (CLR-026).</summary>
    public TransactionRequest CoverLosses() => To(contracts.Clearinghouse, new Clearinghouse.CoverLossesCall());

    /// <summary>Brings what accounts paid for credit to the bonds of the attesters.</summary>
    public TransactionRequest PayAttesters() => To(contracts.Clearinghouse, new Clearinghouse.PayAttestersCall());

    /// <summary>Divides what came to the bonds among the attesters who sit.</summary>
    public TransactionRequest ShareFees() => To(contracts.AttesterBonds, new AttesterBonds.ShareCall());

    /// <summary>Pays the sender the shares of fees that the bonds owe him.</summary>
    public TransactionRequest ClaimShares() => To(contracts.AttesterBonds, new AttesterBonds.ClaimCall());

    /// <summary>Moves whole positions and an amount of a token between two accounts of one owner.</summary>
    public TransactionRequest Move(BookAccount from, Clearinghouse.Proof fromProof, BookAccount to, Clearinghouse.Proof toProof, ushort token, UInt128 amountRaw, IEnumerable<Instrument> instruments) =>
        To(contracts.Clearinghouse, new Clearinghouse.MoveCall(Input(from, fromProof), Input(to, toProof), token, amountRaw, [.. instruments.Select(static instrument => instrument.Packed)]));

    /// <summary>Pays whoever proved an attester wrong.</summary>
    public TransactionRequest PayReward(Address attester) => To(contracts.AttesterBonds, new AttesterBonds.PayRewardCall(attester));

    /// <summary>Pays the rest of a slashed bond into the insurance fund.</summary>
    public TransactionRequest PayInsurance(Address attester) => To(contracts.AttesterBonds, new AttesterBonds.PayInsuranceCall(attester));

    /// <summary>Settles the expired positions of an account.</summary>
    public TransactionRequest SettleExpired(BookAccount account)
    {
        ArgumentNullException.ThrowIfNull(account);
        return To(contracts.Clearinghouse, new Clearinghouse.SettleExpiredCall(account.Id, account.StateBytes));
    }

    private static LiquidationHouse.LotPreimage Preimage(BookLot lot) => new(lot.Account, lot.State, lot.Balances);

    private static Clearinghouse.AccountInput Input(BookAccount account, Clearinghouse.Proof proof) => new(account.Id, account.StateBytes, proof);

    private static TransactionRequest To(Address contract, IContractCall call) => TransactionRequest.Call(contract, call);
}
