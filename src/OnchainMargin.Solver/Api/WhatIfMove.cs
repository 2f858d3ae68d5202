using System.Text.Json.Serialization;

namespace OnchainMargin.Solver.Api;

/// <summary>A move of the market to try.</summary>
/// <param name="Underlying">The underlying's name; all when left out.</param>
/// <param name="PricePercent">The relative move of its prices in percent.</param>
/// <param name="VolatilityPercent">The relative move of its volatilities in percent.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record WhatIfMove(
    string? Underlying, string? PricePercent, string? VolatilityPercent);
