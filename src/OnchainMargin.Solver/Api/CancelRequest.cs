namespace OnchainMargin.Solver.Api;

/// <summary>Takes an order off the relay.</summary>
/// <param name="Signature">The owner's signature of Cancel(uint64 account,uint64 nonce) in the domain OnchainMargin Relay, version 1.</param>
internal sealed record CancelRequest(
    string Signature);
