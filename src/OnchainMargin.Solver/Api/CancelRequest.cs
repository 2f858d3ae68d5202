using System.Text.Json.Serialization;

namespace OnchainMargin.Solver.Api;

/// <summary>Takes an order off the relay.</summary>
/// <param name="Signature">The signature of Cancel(uint64 account,uint64 nonce) in the domain OnchainMargin Relay, version 1.</param>
/// <param name="Signer">Who signed: a delegate with the right to cancel; the owner when left out.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CancelRequest(
    string Signature, string? Signer = null);
