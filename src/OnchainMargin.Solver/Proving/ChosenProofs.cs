namespace OnchainMargin.Solver.Proving;

/// <summary>The proofs of an operation, one for each of its accounts.</summary>
/// <param name="Accounts">The proofs, in the order of the accounts.</param>
/// <param name="Gas">The gas that the operation takes with them, where the node was asked.</param>
/// <param name="ComputedGas">The gas that it would take by computation, where the node was asked and would take it.</param>
internal sealed record ChosenProofs(IReadOnlyList<AccountProof> Accounts, ulong? Gas = null, ulong? ComputedGas = null)
{
    /// <summary>Whether attesters might sign one that nobody asked them for.</summary>
    public bool IsAskable => Accounts.Any(static proof => proof.IsAskable);

    /// <summary>Whether one of them rests on the word of attesters.</summary>
    public bool IsAttested => Accounts.Any(static proof => proof.IsAttested);
}
