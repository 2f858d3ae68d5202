namespace OnchainMargin.Solver.Attesting;

/// <summary>Asks for an attestation: what these positions with this collateral need at a checkpoint. It speaks of no present state, so every node answers alike, whatever it has indexed since.</summary>
/// <param name="Account">The account that it is for.</param>
/// <param name="Checkpoint">The checkpoint.</param>
/// <param name="Positions">The position words of the state (from byte 64), in hexadecimal digits.</param>
/// <param name="Balances">The balance words of the collateral without the settlement token, in hexadecimal digits.</param>
/// <param name="Asker">Who asks for the account.</param>
internal sealed record AttestationRequest(ulong Account, ulong Checkpoint, string? Positions, string? Balances, ProofAsker? Asker);
