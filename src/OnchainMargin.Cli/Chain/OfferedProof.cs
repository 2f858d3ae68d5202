using OnchainMargin.Cli.Text;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Cli.Chain;

/// <summary>A proof that a solver offers for one account, or computation, which needs nobody.</summary>
/// <param name="Account">The account.</param>
/// <param name="Proof">The proof.</param>
/// <param name="CreditFeeE8">What the account pays for credit.</param>
/// <param name="Sentence">Which it is, and why.</param>
/// <param name="IsAnswered">Whether a solver chose it.</param>
internal sealed record OfferedProof(ulong Account, Clearinghouse.Proof Proof, long CreditFeeE8, string Sentence, bool IsAnswered)
{
    /// <summary>The largest kind that rests on attesters: see <see cref="Proofs"/>.</summary>
    private const byte LastAttestedKind = 3;

    /// <summary>Whether it rests on the word of attesters.</summary>
    public bool IsAttested => Proof.Kind is > 0 and <= LastAttestedKind;

    /// <summary>The fee as people read it.</summary>
    public string CreditFee => FixedPointText.Short(CreditFeeE8, FixedPointText.E8, 2);

    /// <summary>Reduction, where the chain takes nothing else, and why.</summary>
    public static OfferedProof Reducing(ulong account, string reason) => new(account, Proofs.Reducing, 0, $"Shown to reduce, {reason}; no fee.", IsAnswered: false);

    /// <summary>Computation, and why.</summary>
    public static OfferedProof Computed(ulong account, string reason) => new(account, Proofs.Computed, 0, $"Computed on chain: {reason.TrimEnd('.')}; no fee.", IsAnswered: false);
}
