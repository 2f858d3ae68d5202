namespace OnchainMargin.Solver.Api;

/// <summary>An epoch that was posted.</summary>
/// <param name="Epoch">Its number.</param>
/// <param name="Checkpoint">The checkpoint it rests on.</param>
/// <param name="ModelHash">The model.</param>
/// <param name="BookRoot">The Merkle root.</param>
/// <param name="Accounts">How many leaves.</param>
/// <param name="Signatures">How many attesters signed.</param>
/// <param name="PostedInBlock">The block.</param>
internal sealed record EpochView(string Epoch, string Checkpoint, string ModelHash, string BookRoot, string Accounts, string Signatures, string PostedInBlock);
