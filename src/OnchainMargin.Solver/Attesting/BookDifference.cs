using System.Globalization;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Attesting;

/// <summary>Where two books of one checkpoint differ.</summary>
/// <param name="Account">The account.</param>
/// <param name="Term">The field of its attestation.</param>
/// <param name="Own">What is computed here; empty when there is nothing.</param>
/// <param name="Theirs">What the other has.</param>
internal sealed record BookDifference(ulong Account, string Term, string Own, string Theirs)
{
    /// <summary>Every difference, by account.</summary>
    public static IEnumerable<BookDifference> Between(AttestedBook own, AttestedBook theirs)
    {
        foreach (ulong account in own.Attestations.Concat(theirs.Attestations).Select(static attestation => attestation.Account).Distinct().Order())
        {
            RiskRegistry.RiskAttestation? here = own.Find(account)?.Attestation;
            RiskRegistry.RiskAttestation? there = theirs.Find(account)?.Attestation;
            if (here is not { } mine || there is not { } others)
            {
                yield return new BookDifference(account, "account", here is null ? "" : "there", there is null ? "" : "there");
                continue;
            }

            foreach ((string term, string one, string other) in Terms(mine).Zip(Terms(others), static (a, b) => (a.Term, a.Value, b.Value)))
            {
                if (!string.Equals(one, other, StringComparison.Ordinal))
                {
                    yield return new BookDifference(account, term, one, other);
                }
            }
        }
    }

    private static IEnumerable<(string Term, string Value)> Terms(RiskRegistry.RiskAttestation attestation) =>
    [
        ("positionsHash", attestation.PositionsHash.ToString()),
        ("collateralHash", attestation.CollateralHash.ToString()),
        ("leastCashE8", attestation.LeastCashE8.ToString(CultureInfo.InvariantCulture)),
        ("initialMarginE8", attestation.InitialMarginE8.ToString(CultureInfo.InvariantCulture)),
        ("maintenanceMarginE8", attestation.MaintenanceMarginE8.ToString(CultureInfo.InvariantCulture)),
        ("modelHash", attestation.ModelHash.ToString()),
        ("validUntil", attestation.ValidUntil.ToString(CultureInfo.InvariantCulture)),
    ];
}
