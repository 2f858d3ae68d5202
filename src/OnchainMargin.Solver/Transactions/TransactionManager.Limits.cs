using OnchainMargin.Ethereum;
using OnchainMargin.Solver.Store;

namespace OnchainMargin.Solver.Transactions;

/// <content>Bounds of a transaction: its gas, what it offers for a unit of it, and what both come to.</content>
internal sealed partial class TransactionManager
{
    /// <summary>What a limit with room would cost is at most this part of what the sender has: half is left for fees twice as high, and half of each for another.</summary>
    private const ulong RoomTimes = 4;

    private const decimal WeiPerEther = 1_000_000_000_000_000_000;

    /// <summary>The most that is ever offered for a unit of gas, in wei.</summary>
    public UInt256 CapWei => (UInt256)(ulong)options.MaxFeePerGasGwei * GasOffer.WeiPerGwei;

    private UInt256 MostCostWei => (UInt128)(options.MaxCostEther * WeiPerEther);

    /// <summary>The gas that a call from the sender would use.</summary>
    /// <exception cref="RevertException">Thrown when the contract would refuse it.</exception>
    /// <exception cref="TransactionTooLargeException">Thrown when the node's cap ends it.</exception>
    /// <exception cref="RpcTransportException">Thrown when the node does not answer in time.</exception>
    public Task<ulong> EstimateGasAsync(Address target, byte[] data, CancellationToken cancellationToken) =>
        Patience.AskAsync(token => node.EstimateGasAsync(key.Address, target, data, token), time, cancellationToken);

    /// <summary>The gas that a call from the sender would use, 0 where the chain would refuse it; null where the node does not tell.</summary>
    public async Task<ulong?> GasOfAsync(Address target, byte[] data, CancellationToken cancellationToken)
    {
        try
        {
            return await EstimateGasAsync(target, data, cancellationToken).ConfigureAwait(false);
        }
        catch (EthereumException error) when (error is RevertException or RpcErrorException or RpcTransportException or TransactionTooLargeException)
        {
            return error is RevertException ? 0 : null;
        }
    }

    /// <summary>Whether the chain would refuse what was sent before; null where the node does not tell.</summary>
    public async Task<bool?> IsRefusedAsync(OutboxEntry entry, CancellationToken cancellationToken) => await GasOfAsync(entry.Target, entry.Data, cancellationToken).ConfigureAwait(false) is { } gas ? gas == 0 : null;

    /// <summary>The gas limits of a call of so much calldata whose use is estimated so.</summary>
    /// <exception cref="TransactionTooLargeException">Thrown when either is more than a transaction may have.</exception>
    public GasLimits GasLimitsOf(int bytes, ulong estimate)
    {
        if (bytes > options.MostBytes)
        {
            throw new TransactionTooLargeException(bytes, options.MostBytes);
        }

        var most = (ulong)options.MostGas;
        if (estimate > most)
        {
            throw new TransactionTooLargeException(estimate, most);
        }

        // The margin of a large call is more than any next block asks for besides: where coins are short, or a node's cap is near, the room alone is left of it.
        (ulong margin, ulong room) = (WithMargin(estimate), estimate + (ulong)options.GasRoom);
        return new GasLimits(Math.Min(Math.Min(margin, room), most), Math.Min(Math.Max(margin, room), most));
    }

    /// <summary>The gas that a call is reckoned with whose use is estimated so.</summary>
    public ulong WithMargin(ulong estimate) => estimate + (estimate * (ulong)options.GasMarginPercent / 100);

    /// <summary>Why nothing of such gas gets in at what blocks ask now for what a transaction may cost; null where it does. It is not stored then: all that comes after it would wait for its nonce.</summary>
    public TransactionTooLargeException? OverCost(GasLimits gas, GasOffer offer, UInt256? worth)
    {
        UInt256 needed = Smaller(offer.ExpectedPerGasWei, MostOf(worth));
        return MostCostWei / gas.Least < needed ? new TransactionTooLargeException(gas.Least, needed, options.MaxCostEther) : null;
    }

    /// <summary>Whether blocks ask more by now than an entry can offer for what a transaction may cost, so that nothing but cheaper gas brings it in as it is.</summary>
    public async Task<bool> IsOutgrownAsync(OutboxEntry entry, CancellationToken cancellationToken) =>
        MostCostWei / entry.GasLimit < Smaller((await node.EstimateFeesAsync(cancellationToken).ConfigureAwait(false)).ExpectedPerGasWei, MostOf(entry.MostFeePerGasWei));

    /// <summary>As much room as the sender can pay for several times: nodes take nothing whose limit he could not, together with what of his waits; fees rise, and more comes. And no more than what may cost as much as nodes take. Room is no reason to keep him from what he can.</summary>
    private ulong LimitOf(TransactionIntent intent, GasLimits gas, SendingTerms terms, ulong nonce)
    {
        UInt256 fee = terms.Offer.AtMost(MostOf(intent.MostFeePerGasWei)).MaxFeePerGasWei;
        if (fee.IsZero)
        {
            return gas.Most;
        }

        UInt256 payable = terms.BalanceWei / fee / (RoomTimes + nonce - Math.Min(nonce, terms.MinedNonce));
        payable = Smaller(payable, MostCostWei / fee);
        return payable >= (UInt256)gas.Most ? gas.Most : Math.Max(gas.Least, (ulong)payable);
    }

    /// <summary>The most that is offered for a unit of gas of what is worth so much.</summary>
    private UInt256 MostOf(UInt256? worth) => worth is { } most ? Smaller(most, CapWei) : CapWei;

    /// <summary>The most that is offered for a unit of gas of an entry: what it is worth, and no more than all its gas may cost.</summary>
    private UInt256 MostOf(OutboxEntry entry) => Smaller(MostOf(entry.MostFeePerGasWei), MostCostWei / entry.GasLimit);

    private static UInt256 Smaller(UInt256 a, UInt256 b) => a < b ? a : b;
}
