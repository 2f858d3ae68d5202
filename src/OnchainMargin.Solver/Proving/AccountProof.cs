using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Proving;

/// <summary>A proof for one account of an operation.</summary>
/// <param name="Account">The account.</param>
/// <param name="Way">What shows it healthy.</param>
/// <param name="Proof">The argument of the contract.</param>
/// <param name="CreditE8">What it lends on the attesters' word (CLR-050).</param>
/// <param name="FeeE8">What that costs the account (CLR-054).</param>
/// <param name="Reason">Why it is this one, in a sentence for people.</param>
/// <param name="IsAskable">Whether attesters might sign another that nobody asked them for.</param>
internal sealed record AccountProof(ulong Account, ProofWay Way, Clearinghouse.Proof Proof, Int128 CreditE8, Int128 FeeE8, string Reason, bool IsAskable = false)
{
    /// <summary>Whether it rests on the word of attesters.</summary>
    public bool IsAttested => Way is ProofWay.Leaf or ProofWay.Headroom or ProofWay.Signed;
}
