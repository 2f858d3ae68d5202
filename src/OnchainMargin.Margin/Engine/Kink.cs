namespace OnchainMargin.Margin;

/// <summary>A kink of the payoff on the axis of q: an option that is narrow at some shock.</summary>
/// <param name="PlaceQ16">Where, Q16.</param>
/// <param name="WeightE16">size·slope.</param>
/// <param name="SizeE8">Signed size.</param>
/// <param name="Position">The position it belongs to.</param>
/// <param name="HumpDown">Hump at the shock downwards, or <see cref="Row.Wide"/>.</param>
/// <param name="Hump">Hump without a shock, or <see cref="Row.Wide"/>.</param>
/// <param name="HumpUp">Hump at the shock upwards, or <see cref="Row.Wide"/>.</param>
internal readonly record struct Kink(long PlaceQ16, Int128 WeightE16, long SizeE8, int Position, long HumpDown, long Hump, long HumpUp)
{
    /// <summary>The hump at a shock (0, 1, 2).</summary>
    internal long HumpAt(int shock) => shock == 0 ? HumpDown : shock == 1 ? Hump : HumpUp;
}
