namespace OnchainMargin.Margin;

/// <summary>A collateral token at a checkpoint.</summary>
/// <param name="Record">Its record, or null when the checkpoint does not hold it.</param>
/// <param name="SpotE8">Spot of the underlying that it is, or 0.</param>
internal readonly record struct BookToken(CollateralRecord? Record, long SpotE8)
{
    /// <summary>The haircut.</summary>
    internal long HaircutE8 => Record!.HaircutE8;
}
