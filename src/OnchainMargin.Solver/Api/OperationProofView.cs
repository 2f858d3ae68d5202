using OnchainMargin.Ethereum;
using OnchainMargin.Solver.Proving;

namespace OnchainMargin.Solver.Api;

/// <summary>The proofs of an operation, ready for the contract.</summary>
/// <param name="Accounts">One for each account.</param>
/// <param name="Gas">The gas that the operation takes with them; empty where the node was not asked.</param>
/// <param name="ComputedGas">The gas that it would take by computation; empty where the node was not asked, or would not take it.</param>
/// <param name="IsAskable">Whether attesters might sign one if whoever may trade for the account asked them.</param>
internal sealed record OperationProofView(IReadOnlyList<OperationProofView.AccountProofView> Accounts, string? Gas, string? ComputedGas, bool IsAskable)
{
    /// <summary>The proof of one account.</summary>
    /// <param name="Account">The account.</param>
    /// <param name="Way">What shows it healthy: None, Computed, Reducing, Leaf, Headroom or Signed.</param>
    /// <param name="Kind">The kind of proof for the contract.</param>
    /// <param name="Data">The data of the proof for the contract.</param>
    /// <param name="CreditE8">What it lends on the attesters' word.</param>
    /// <param name="CreditFeeE8">What that costs the account.</param>
    /// <param name="Sentence">Which proof it is, its fee, and why, in a sentence.</param>
    internal sealed record AccountProofView(string Account, string Way, int Kind, string Data, string CreditE8, string CreditFeeE8, string Sentence);

    /// <summary>The view of a choice.</summary>
    public static OperationProofView Of(ChosenProofs chosen) => new(
        [.. chosen.Accounts.Select(static proof => new AccountProofView(
            ApiNumbers.Text(proof.Account), proof.Way.ToString(), proof.Proof.Kind, HexData.Encode(proof.Proof.Data), ApiNumbers.Text(proof.CreditE8), ApiNumbers.Text(proof.FeeE8), proof.Reason))],
        ApiNumbers.Text(chosen.Gas),
        ApiNumbers.Text(chosen.ComputedGas),
        chosen.IsAskable);
}
