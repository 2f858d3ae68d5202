using System.Text.Json.Serialization;

namespace OnchainMargin.Solver.Api;

/// <summary>Asks how the accounts of a settlement are best shown; the signed orders ask the attesters for their accounts.</summary>
/// <param name="Orders">The orders, as the relay takes them.</param>
/// <param name="Fills">The matches.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record SettlementProofRequest(IReadOnlyList<OrderRequest> Orders, IReadOnlyList<FillFields> Fills);
