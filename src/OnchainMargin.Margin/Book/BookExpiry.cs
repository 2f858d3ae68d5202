namespace OnchainMargin.Margin;

/// <summary>What an expiry charges at a checkpoint.</summary>
/// <param name="Tau">Time to expiry, seconds.</param>
/// <param name="BasisE8">c_b.</param>
/// <param name="StaleE8">The vega charge at the surface's age.</param>
/// <param name="HasChoice">Whether it has two surfaces.</param>
internal readonly record struct BookExpiry(long Tau, long BasisE8, long StaleE8, bool HasChoice);
