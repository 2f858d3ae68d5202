namespace OnchainMargin.Solver.Attesting;

/// <summary>An attestation that was signed on demand, ready for the contract.</summary>
/// <param name="Checkpoint">The checkpoint that it rests on.</param>
/// <param name="LeastCashE8">The cash that it says the account needs.</param>
/// <param name="ValidUntilSeconds">Its last second.</param>
/// <param name="Kind">The kind of proof for the contract.</param>
/// <param name="Data">The data of the proof for the contract.</param>
internal sealed record OnDemandProofView(string Checkpoint, string LeastCashE8, string ValidUntilSeconds, int Kind, string Data);
