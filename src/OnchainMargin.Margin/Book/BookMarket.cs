namespace OnchainMargin.Margin;

/// <summary>What all accounts of a pass over the book share.</summary>
/// <param name="View">The checkpoint, for what one account at a time must be computed of.</param>
/// <param name="Choice">Which surfaces.</param>
/// <param name="Tokens">Collateral by token.</param>
internal sealed record BookMarket(CheckpointView View, SurfaceChoice Choice, BookToken[] Tokens)
{
    /// <summary>Initial over maintenance margin.</summary>
    internal long InitialFactorE8 => View.Checkpoint.Header.InitialFactorE8;
}
