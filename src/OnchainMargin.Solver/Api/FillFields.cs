using System.Text.Json.Serialization;

namespace OnchainMargin.Solver.Api;

/// <summary>A match of two orders, by their places in the list of orders, from 0.</summary>
/// <param name="Maker">The order whose limit is the price.</param>
/// <param name="Taker">The order that meets it.</param>
/// <param name="SizeE8">How much.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record FillFields(int Maker, int Taker, string SizeE8);
