namespace OnchainMargin.Margin;

/// <summary>A kink of the expiry payoff on the axis of q.</summary>
/// <param name="PlaceQ16">Where, Q16.</param>
/// <param name="WeightE16">size·slope.</param>
/// <param name="Position">The position it belongs to.</param>
internal readonly record struct Kink(long PlaceQ16, Int128 WeightE16, int Position);
