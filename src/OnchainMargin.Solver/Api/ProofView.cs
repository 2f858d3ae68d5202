namespace OnchainMargin.Solver.Api;

/// <summary>An account's attestation with its proof under a posted epoch, ready for a transaction's proof argument.</summary>
/// <param name="Epoch">The epoch.</param>
/// <param name="BookRoot">Its root.</param>
/// <param name="Attestation">The attestation as <c>abi.encode</c> gives it.</param>
/// <param name="LeastCashE8">The cash that it says the account needs.</param>
/// <param name="ValidUntilSeconds">Its last second.</param>
/// <param name="CreditE8">What it lends the account as it is, for a withdrawal; what is withdrawn comes on top. Empty when the market does not hold what the account touches.</param>
/// <param name="CreditFeeE8">What that costs.</param>
/// <param name="Leaf">The leaf's hash.</param>
/// <param name="MerkleProof">The siblings up to the root.</param>
/// <param name="Kind">The kind of proof for the contract.</param>
/// <param name="Data">The data of the proof for the contract.</param>
internal sealed record ProofView(string Epoch, string BookRoot, string Attestation, string LeastCashE8, string ValidUntilSeconds, string? CreditE8, string? CreditFeeE8, string Leaf, IReadOnlyList<string> MerkleProof, int Kind, string Data);
