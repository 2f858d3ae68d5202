namespace OnchainMargin.Solver.Attesting;

/// <summary>An attestation with signatures.</summary>
/// <param name="Attestation">The attestation as <c>abi.encode</c> gives it, in hexadecimal digits.</param>
/// <param name="Signatures">The signatures.</param>
internal sealed record SignedAttestation(string Attestation, IReadOnlyList<SignedAttestation.Entry> Signatures)
{
    /// <summary>One of them.</summary>
    /// <param name="Signer">Who signed.</param>
    /// <param name="Signature">The signature, in hexadecimal digits.</param>
    internal sealed record Entry(string Signer, string Signature);
}
