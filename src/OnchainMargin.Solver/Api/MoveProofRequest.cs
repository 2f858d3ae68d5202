using System.Text.Json.Serialization;
using OnchainMargin.Solver.Attesting;

namespace OnchainMargin.Solver.Api;

/// <summary>Asks how a move between two accounts of one owner is best shown.</summary>
/// <param name="To">The account that gets it.</param>
/// <param name="Token">The token's number.</param>
/// <param name="AmountRaw">The amount in base units; 0 for positions alone.</param>
/// <param name="Instruments">The positions that go along, whole; none for the token alone.</param>
/// <param name="Asker">Who asks the attesters for the account that gives; none to be content with the leaf of an epoch, or computation.</param>
/// <param name="ToAsker">The same for the account that gets it.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record MoveProofRequest(ulong To, int Token, string AmountRaw, IReadOnlyList<string>? Instruments = null, ProofAsker? Asker = null, ProofAsker? ToAsker = null);
