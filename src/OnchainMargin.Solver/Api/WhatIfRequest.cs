using System.Text.Json.Serialization;

namespace OnchainMargin.Solver.Api;

/// <summary>What to try on an account: fills, a deposit or withdrawal of cash, moves of the market.</summary>
/// <param name="Fills">Fills, in order.</param>
/// <param name="Moves">Moves, in order.</param>
/// <param name="CashE8">Cash added, negative when taken out.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record WhatIfRequest(
    IReadOnlyList<WhatIfFill>? Fills, IReadOnlyList<WhatIfMove>? Moves, string? CashE8);
