using System.Globalization;
using OnchainMargin.Solver.Api;

namespace OnchainMargin.Solver.Attesting;

/// <summary>Who asks attesters to work for an account, by a signature of its owner or of a delegate who may trade: of a request for proofs, or of an order of the account, which shows the same. It is passed on as it came, and every node checks it for itself.</summary>
/// <param name="Signer">Who signed.</param>
/// <param name="Signature">The signature, in hexadecimal digits.</param>
/// <param name="ValidUntilSeconds">The last second of ProofRequest(uint64 account,uint40 validUntil) in the domain OnchainMargin Proofs, version 1; none with an order.</param>
/// <param name="Order">The order that was signed; none with a request.</param>
internal sealed record ProofAsker(string Signer, string Signature, string? ValidUntilSeconds = null, OrderFields? Order = null)
{
    /// <summary>By an order that was handed in.</summary>
    public static ProofAsker By(OrderRequest request) => new(request.Signer, request.Signature, Order: request.Order);

    /// <summary>The second until which a request counts; null when none is named or it is none.</summary>
    public ulong? Until => ulong.TryParse(ValidUntilSeconds, NumberStyles.None, CultureInfo.InvariantCulture, out ulong until) && until >> 40 == 0 ? until : null;
}
