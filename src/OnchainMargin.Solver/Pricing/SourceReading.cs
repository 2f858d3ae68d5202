using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Pricing;

/// <summary>What one source of an underlying says.</summary>
/// <param name="Source">The adapter.</param>
/// <param name="PriceE8">Its price; 0 when it has none or fails.</param>
internal readonly record struct SourceReading(Address Source, ulong PriceE8);
