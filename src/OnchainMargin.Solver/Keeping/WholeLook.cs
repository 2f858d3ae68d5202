namespace OnchainMargin.Solver.Keeping;

/// <summary>What a look at the whole book found.</summary>
/// <param name="Under">The accounts under water.</param>
/// <param name="Nearest">Those above it that are nearest to it.</param>
internal sealed record WholeLook(IReadOnlyList<ulong> Under, IReadOnlyList<ulong> Nearest);
