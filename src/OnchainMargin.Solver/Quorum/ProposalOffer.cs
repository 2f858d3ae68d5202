namespace OnchainMargin.Solver.Quorum;

/// <summary>A proposal with one signature, as attesters send it to each other; anybody may, so anything may be missing.</summary>
/// <param name="Kind">surfaces or parameters.</param>
/// <param name="Content">Its structs as <c>abi.encode</c> gives them, in hexadecimal digits.</param>
/// <param name="Signer">Who signed.</param>
/// <param name="Signature">The signature, in hexadecimal digits.</param>
internal sealed record ProposalOffer(string? Kind, string? Content, string? Signer, string? Signature);
