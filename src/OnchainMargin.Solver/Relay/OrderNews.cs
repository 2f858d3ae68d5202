using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Relay;

/// <summary>What a log tells of orders and no account's state does: which of them the chain fills no more, and of which the right to sign was given or taken. A right that is taken and given back within a block is missing in no book and in no call at the block's end, and yet what was settled between is reverted.</summary>
/// <param name="Account">Whose orders.</param>
/// <param name="First">The lowest nonce that it is about.</param>
/// <param name="Last">The highest.</param>
/// <param name="Signer">Whose right was set; null where they are cancelled, whoever signed.</param>
internal readonly record struct OrderNews(ulong Account, ulong First, ulong Last, Address? Signer = null)
{
    /// <summary>What a log tells; null where it tells nothing of orders.</summary>
    public static OrderNews? Of(LogEntry log) =>
        Clearinghouse.OrderCancelledEvent.TryDecode(log, out Clearinghouse.OrderCancelledEvent cancelled) ? new OrderNews(cancelled.Account, cancelled.Nonce, cancelled.Nonce)
        : Clearinghouse.OrdersCancelledBelowEvent.TryDecode(log, out Clearinghouse.OrdersCancelledBelowEvent below) && below.MinimumNonce > 0 ? new OrderNews(below.Account, 0, below.MinimumNonce - 1)
        : Clearinghouse.DelegateSetEvent.TryDecode(log, out Clearinghouse.DelegateSetEvent right) ? new OrderNews(right.Account, 0, ulong.MaxValue, right.Delegate)
        : null;

    /// <summary>Whether an order is among those.</summary>
    public bool IsOf(RestingOrder order) => order.Account == Account && order.Nonce >= First && order.Nonce <= Last && (Signer is null || order.Signed.Signer == Signer);
}
