namespace OnchainMargin.Solver.Api;

/// <summary>The resting orders of an instrument, best first.</summary>
/// <param name="Instrument">The instrument.</param>
/// <param name="Name">Its name.</param>
/// <param name="Bids">Buyers.</param>
/// <param name="Asks">Sellers.</param>
internal sealed record BookView(
    string Instrument, string Name, IReadOnlyList<LevelView> Bids, IReadOnlyList<LevelView> Asks);
