using System.Text.Json.Serialization;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Api;

/// <summary>A signed order for the relay.</summary>
/// <param name="Order">What was signed.</param>
/// <param name="Signer">Who signed.</param>
/// <param name="Signature">The signature.</param>
/// <param name="Session">The session (see /api/orders/session) whose end cancels it; none to let it rest.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record OrderRequest(
    OrderFields Order, string Signer, string Signature, string? Session)
{
    /// <summary>A signed order as it is handed on.</summary>
    public static OrderRequest Of(Clearinghouse.SignedOrder signed) => new(OrderFields.Of(signed.Order), signed.Signer.ToString(), HexData.Encode(signed.Signature), null);

    /// <summary>The signed order; null when a part of it is not understood.</summary>
    public Clearinghouse.SignedOrder? Read() =>
        Order?.Read() is { } order && Address.TryParse(Signer, out Address signer) && HexText.Bytes(Signature) is { } signature ? new Clearinghouse.SignedOrder(order, signer, signature) : null;
}
