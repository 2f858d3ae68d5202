namespace OnchainMargin.Solver.Api;

/// <summary>Everything that the referee needs to compute an account at the last checkpoint: to check this solver on chain.</summary>
/// <param name="Account">The account.</param>
/// <param name="Checkpoint">The checkpoint.</param>
/// <param name="InputsHash">Its commitment, which the price hub stores.</param>
/// <param name="StateHash">The account's commitment, which the clearinghouse stores.</param>
/// <param name="State">The preimage of the account's commitment.</param>
/// <param name="Balances">Its tokens, packed.</param>
/// <param name="CheckpointBytes">The preimage of the checkpoint's commitment.</param>
/// <param name="Records">The records of the underlyings that it touches.</param>
/// <param name="Figures">What this solver computed from them.</param>
internal sealed record InputsView(
    string Account, string Checkpoint, string InputsHash, string StateHash, string State, string Balances, string CheckpointBytes, string Records, FiguresView Figures);
