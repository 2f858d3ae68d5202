using System.Text.Json.Serialization;

namespace OnchainMargin.Solver.Api;

/// <summary>A fill to try.</summary>
/// <param name="Instrument">The instrument's name.</param>
/// <param name="SizeE8">Signed size.</param>
/// <param name="PriceE8">The price; the mark when left out.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record WhatIfFill(
    string Instrument, string SizeE8, string? PriceE8);
