using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Relay;

/// <summary>An open order as the store keeps it, so that a restart forgets none.</summary>
/// <param name="Order">What was signed, as <c>abi.encode</c> gives it.</param>
/// <param name="Signer">Who signed.</param>
/// <param name="Signature">The signature.</param>
/// <param name="Session">The session that it hangs on; null for none.</param>
public sealed record StoredOrder(byte[] Order, Address Signer, byte[] Signature, string? Session)
{
    /// <summary>The signed order.</summary>
    public Clearinghouse.SignedOrder ToSigned() => new(Clearinghouse.Order.Decode(Order), Signer, Signature);

    internal static StoredOrder Of(RestingOrder order) => new(order.Signed.Order.Encode(), order.Signed.Signer, order.Signed.Signature, order.Session);
}
