using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol;

/// <content>What can be sent. Every method waits until its transaction is mined and throws <see cref="RevertException"/> with the contract's own error when it is refused.</content>
public sealed partial class ProtocolClient
{
    /// <summary>Opens an account.</summary>
    /// <returns>Its number.</returns>
    public async Task<ulong> OpenAccountAsync(Address owner, CancellationToken cancellationToken = default)
    {
        TransactionReceipt receipt = await SendAsync(Calls.OpenAccount(owner), cancellationToken).ConfigureAwait(false);
        return Event<Clearinghouse.AccountOpenedEvent>(receipt).Account;
    }

    /// <summary>Pays tokens of the sender in for an account; allows the vault to take them first where it is not allowed yet.</summary>
    /// <param name="account">The account.</param>
    /// <param name="owner">Whose it is meant to be: a deposit into a stranger's is refused.</param>
    /// <param name="token">The token.</param>
    /// <param name="amountRaw">The amount in base units.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<TransactionReceipt> DepositAsync(ulong account, Address owner, ushort token, UInt128 amountRaw, CancellationToken cancellationToken = default)
    {
        MarginVault.TokenAtResult listed = await Node.CallAsync(Deployment.Contracts.MarginVault, new MarginVault.TokenAtCall(token), cancellationToken: cancellationToken).ConfigureAwait(false);
        UInt256 allowed = await Node.CallAsync(listed.Erc20, new Erc20.AllowanceCall(Sender, Deployment.Contracts.MarginVault), cancellationToken: cancellationToken).ConfigureAwait(false);
        if (allowed < amountRaw)
        {
            await SendAsync(Calls.Approve(listed.Erc20, amountRaw), cancellationToken).ConfigureAwait(false);
        }

        return await SendAsync(Calls.Deposit(account, owner, token, amountRaw), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Pays tokens out of an account.</summary>
    /// <param name="account">The account.</param>
    /// <param name="token">The token.</param>
    /// <param name="amountRaw">The amount in base units.</param>
    /// <param name="to">Who receives it.</param>
    /// <param name="proof">How the state after is shown healthy; computed on chain when left out.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async Task<TransactionReceipt> WithdrawAsync(ulong account, ushort token, UInt128 amountRaw, Address to, Clearinghouse.Proof? proof = null, CancellationToken cancellationToken = default)
    {
        BookAccount state = await GetAccountAsync(account, cancellationToken).ConfigureAwait(false);
        return await SendAsync(Calls.Withdraw(state, token, amountRaw, to, proof ?? Proofs.Computed), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Signs an order of an account. It costs nothing and binds until it expires or its nonce is cancelled.</summary>
    public Clearinghouse.SignedOrder SignOrder(Clearinghouse.Order order, IHashSigner owner) => Digests.Sign(order, owner);

    /// <summary>Matches a maker's with a taker's order, both accounts shown healthy by computation on chain unless told otherwise.</summary>
    public async Task<TransactionReceipt> SettleAsync(
        Clearinghouse.SignedOrder maker, Clearinghouse.SignedOrder taker, ulong sizeE8, Clearinghouse.Proof? makerProof = null, Clearinghouse.Proof? takerProof = null, CancellationToken cancellationToken = default)
    {
        BookAccount makerAccount = await GetAccountAsync(maker.Order.Account, cancellationToken).ConfigureAwait(false);
        BookAccount takerAccount = await GetAccountAsync(taker.Order.Account, cancellationToken).ConfigureAwait(false);
        TransactionRequest request = Calls.Settle(
            [(makerAccount, makerProof ?? Proofs.Computed), (takerAccount, takerProof ?? Proofs.Computed)], [maker, taker], [new Clearinghouse.Fill(0, 1, sizeE8)]);
        return await SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes a checkpoint.</summary>
    /// <returns>Its number.</returns>
    public async Task<ulong> TakeCheckpointAsync(CancellationToken cancellationToken = default) =>
        Event<PriceHub.CheckpointTakenEvent>(await SendAsync(Calls.Checkpoint(), cancellationToken).ConfigureAwait(false)).Id;

    /// <summary>Posts an epoch.</summary>
    public Task<TransactionReceipt> PostEpochAsync(
        RiskRegistry.RiskEpoch epoch, CheckpointInputs checkpoint, IEnumerable<RiskRegistry.AttesterSignature> signatures, CancellationToken cancellationToken = default) =>
        SendAsync(Calls.Post(epoch, checkpoint, signatures), cancellationToken);

    /// <summary>Proves an account below its maintenance margin and opens a lot.</summary>
    /// <returns>The lot's number.</returns>
    public async Task<ulong> StartLiquidationAsync(BookAccount account, byte[] witness, CancellationToken cancellationToken = default) =>
        Event<LiquidationHouse.LotStartedEvent>(await SendAsync(Calls.Start(account, witness), cancellationToken).ConfigureAwait(false)).Lot;

    /// <summary>What a bid would pay, without sending it.</summary>
    /// <param name="lot">The lot.</param>
    /// <param name="fractionE8">The fraction, of the whole lot.</param>
    /// <param name="bidder">The account that bids.</param>
    /// <param name="proof">How it is shown healthy; computed on chain when left out.</param>
    /// <param name="block">The block whose prices and discount count: that of <see cref="GetLiveInputsAsync"/>, where both are set against each other.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="RevertException">Thrown when the bid would be refused.</exception>
    public Task<Int256> QuoteBidAsync(BookLot lot, ulong fractionE8, BookAccount bidder, Clearinghouse.Proof? proof = null, BlockTag block = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(bidder);
        LiquidationHouse.BidCall call = ProtocolCalls.BidCall(lot, fractionE8, Int256.MaxValue, bidder, proof ?? Proofs.Computed);
        return Node.CallAsync(Deployment.Contracts.LiquidationHouse, call, block, bidder.Owner, cancellationToken: cancellationToken);
    }

    /// <summary>Bids for a fraction of a lot.</summary>
    /// <returns>What was paid; negative when insurance paid the bidder.</returns>
    public async Task<Int256> BidAsync(BookLot lot, ulong fractionE8, Int256 maxPayE8, BookAccount bidder, Clearinghouse.Proof? proof = null, CancellationToken cancellationToken = default) =>
        Event<LiquidationHouse.LotBidEvent>(await SendAsync(Calls.Bid(lot, fractionE8, maxPayE8, bidder, proof ?? Proofs.Computed), cancellationToken).ConfigureAwait(false)).PayE8;

    /// <summary>Ends a lot whose account is healthy again, or of which everything is sold.</summary>
    public Task<TransactionReceipt> FinishLotAsync(BookLot lot, CancellationToken cancellationToken = default) => SendAsync(Calls.Finish(lot), cancellationToken);

    /// <summary>Sends a transaction that was built with <see cref="Calls"/> and waits for it.</summary>
    public Task<TransactionReceipt> SendAsync(TransactionRequest request, CancellationToken cancellationToken = default) => RequireSender().SendAsync(request, cancellationToken);

    private static TEvent Event<TEvent>(TransactionReceipt receipt)
        where TEvent : IContractEvent<TEvent>
    {
        foreach (LogEntry log in receipt.Logs)
        {
            if (TEvent.TryDecode(log, out TEvent found))
            {
                return found;
            }
        }

        throw new ProtocolException($"The transaction {receipt.TransactionHash} was mined without the event {typeof(TEvent).Name}; check that the deployment is of this version.");
    }
}
