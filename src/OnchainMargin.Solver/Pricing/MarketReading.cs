using System.Collections.Immutable;

namespace OnchainMargin.Solver.Pricing;

/// <summary>One underlying as an endpoint shows it.</summary>
/// <param name="Underlying">Its number.</param>
/// <param name="SpotE8">What an update would leave now.</param>
/// <param name="State">0 normal, 1 reduce-only, 2 halted.</param>
/// <param name="MaxDeviationE8">How far a source may lie from the median.</param>
/// <param name="Sources">Its sources.</param>
internal sealed record MarketReading(ushort Underlying, ulong SpotE8, byte State, uint MaxDeviationE8, ImmutableArray<SourceReading> Sources);
