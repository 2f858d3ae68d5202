namespace OnchainMargin.Solver.Attesting;

/// <summary>An attestation that was signed on demand, ready for the contract.</summary>
/// <param name="Checkpoint">The checkpoint that it rests on.</param>
/// <param name="LeastCashE8">The cash that it says the account needs.</param>
/// <param name="ValidUntilSeconds">Its last second.</param>
/// <param name="CreditE8">What it lends the account as it is, for a withdrawal; what is withdrawn comes on top. Empty when the market does not hold what the account touches.</param>
/// <param name="CreditFeeE8">What that costs.</param>
/// <param name="Kind">The kind of proof for the contract.</param>
/// <param name="Data">The data of the proof for the contract.</param>
internal sealed record OnDemandProofView(string Checkpoint, string LeastCashE8, string ValidUntilSeconds, string? CreditE8, string? CreditFeeE8, int Kind, string Data);
