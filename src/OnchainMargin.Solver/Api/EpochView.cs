namespace OnchainMargin.Solver.Api;

/// <summary>An epoch that was posted.</summary>
/// <param name="Epoch">Its number.</param>
/// <param name="Checkpoint">The checkpoint it rests on.</param>
/// <param name="ModelHash">The model.</param>
/// <param name="BookRoot">The Merkle root.</param>
/// <param name="Accounts">How many leaves.</param>
/// <param name="Signatures">How many attesters signed.</param>
/// <param name="Threshold">How many must.</param>
/// <param name="PostedInBlock">The block.</param>
/// <param name="IsComputedHere">Whether this solver computed the same root of the same model for itself; false also when it no longer keeps that checkpoint.</param>
/// <param name="RootHere">The root that this solver computed for itself; null when it no longer keeps that checkpoint. Where it is there and <paramref name="IsComputedHere"/> is false, what was signed is not what this solver finds.</param>
internal sealed record EpochView(
    string Epoch, string Checkpoint, string ModelHash, string BookRoot, string Accounts, string Signatures, string Threshold, string PostedInBlock, bool IsComputedHere, string? RootHere);
