using System.Collections.Immutable;

namespace OnchainMargin.Solver.Pricing;

/// <summary>Every price as one endpoint shows it at its newest block.</summary>
/// <param name="BlockNumber">That block.</param>
/// <param name="Markets">The underlyings, ascending.</param>
internal sealed record FeedReading(ulong BlockNumber, ImmutableArray<MarketReading> Markets);
