namespace OnchainMargin.Solver.Api;

/// <summary>A signed order for the relay.</summary>
/// <param name="Order">What was signed.</param>
/// <param name="Signer">Who signed.</param>
/// <param name="Signature">The signature.</param>
/// <param name="Session">The session (see /api/orders/session) whose end cancels it; none to let it rest.</param>
internal sealed record OrderRequest(
    OrderFields Order, string Signer, string Signature, string? Session);
