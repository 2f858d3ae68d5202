namespace OnchainMargin.Solver.Api;

/// <summary>A transaction of this solver that is not settled for good.</summary>
/// <param name="Intent">What it does.</param>
/// <param name="Sender">Who pays.</param>
/// <param name="Nonce">Its nonce.</param>
/// <param name="State">How far it is.</param>
/// <param name="Block">The block that holds it; 0 for none.</param>
/// <param name="Reason">Why it was reverted.</param>
internal sealed record TransactionView(
    string Intent, string Sender, string Nonce, string State, string Block, string Reason);
