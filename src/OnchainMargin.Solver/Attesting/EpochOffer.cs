namespace OnchainMargin.Solver.Attesting;

/// <summary>A signature of an epoch as attesters send it to each other; anybody may, so anything may be missing.</summary>
/// <param name="Epoch">The epoch as <c>abi.encode</c> gives it, in hexadecimal digits.</param>
/// <param name="Signer">Who signed.</param>
/// <param name="Signature">The signature, in hexadecimal digits.</param>
internal sealed record EpochOffer(string? Epoch, string? Signer, string? Signature);
