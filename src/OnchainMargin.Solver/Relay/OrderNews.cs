using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Relay;

/// <summary>What a log tells of orders and no account's state does: which of them the chain fills no more.</summary>
/// <param name="Account">Whose orders.</param>
/// <param name="First">The lowest nonce that it is about.</param>
/// <param name="Last">The highest.</param>
internal readonly record struct OrderNews(ulong Account, ulong First, ulong Last)
{
    /// <summary>What a log tells; null where it tells nothing of orders.</summary>
    public static OrderNews? Of(LogEntry log) =>
        Clearinghouse.OrderCancelledEvent.TryDecode(log, out Clearinghouse.OrderCancelledEvent cancelled) ? new OrderNews(cancelled.Account, cancelled.Nonce, cancelled.Nonce)
        : Clearinghouse.OrdersCancelledBelowEvent.TryDecode(log, out Clearinghouse.OrdersCancelledBelowEvent below) && below.MinimumNonce > 0 ? new OrderNews(below.Account, 0, below.MinimumNonce - 1)
        : null;

    /// <summary>Whether an order is among those.</summary>
    public bool IsOf(RestingOrder order) => order.Account == Account && order.Nonce >= First && order.Nonce <= Last;
}
