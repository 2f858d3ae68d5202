using System.Text.Json.Serialization;
using OnchainMargin.Solver.Attesting;

namespace OnchainMargin.Solver.Api;

/// <summary>Asks how a withdrawal is best shown.</summary>
/// <param name="Token">The token's number.</param>
/// <param name="AmountRaw">The amount in base units.</param>
/// <param name="Asker">Who asks the attesters; none to be content with the leaf of an epoch, or computation.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record WithdrawalProofRequest(int Token, string AmountRaw, ProofAsker? Asker = null);
