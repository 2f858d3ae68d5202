using OnchainMargin.Margin;

namespace OnchainMargin.Models.Policy;

/// <summary>The surface of an expiry as it was in force.</summary>
/// <param name="Expiry">Unix seconds.</param>
/// <param name="Surface">The surface.</param>
public readonly record struct ExpirySurface(long Expiry, Surface Surface);
