namespace OnchainMargin.Solver.Attesting;

/// <summary>A signature that the chain takes.</summary>
/// <param name="Bytes">The signature, in the form in which it does.</param>
/// <param name="IsByContract">Whether code at the signer's address judges it (ERC-1271).</param>
internal sealed record TakenSignature(byte[] Bytes, bool IsByContract);
