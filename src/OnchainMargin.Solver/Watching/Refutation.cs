using System.Collections.Immutable;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Watching;

/// <summary>How an attestation is best challenged.</summary>
/// <param name="IsHarmful">Whether it errs in the direction that slashes.</param>
/// <param name="Witness">The witness that shows it; null when only the full computation does.</param>
/// <param name="Preimages">What it names.</param>
internal sealed record Refutation(bool IsHarmful, byte[]? Witness, Challenges.Preimages Preimages)
{
    private const int HeaderBytes = 64;
    private const long One = 100_000_000;

    /// <summary>Finds it; null when the attestation is of other positions or collateral than the account had, which nobody here has the preimages of, and whose use the chain refuses.</summary>
    public static Refutation? Find(RiskRegistry.RiskAttestation attestation, RiskRegistry.RiskAttestation own, BookAccount account, CheckpointInputs inputs)
    {
        if (attestation.PositionsHash != own.PositionsHash || attestation.CollateralHash != own.CollateralHash)
        {
            return null;
        }

        ImmutableArray<Balance> collateral = Balances.WithoutSettlement(account.Balances);
        byte[] positions = account.StateBytes[HeaderBytes..];
        var preimages = new Challenges.Preimages(positions, Balances.Pack(collateral), inputs.Head, inputs.RecordsFor(account.State, collateral));
        bool isHarmful = attestation.LeastCashE8 < own.LeastCashE8 || attestation.InitialMarginE8 < own.InitialMarginE8 || attestation.MaintenanceMarginE8 < own.MaintenanceMarginE8;
        return new Refutation(isHarmful, isHarmful ? FindWitness(attestation, positions, collateral, inputs) : null, preimages);
    }

    /// <summary>The cheapest witness that shows it (CLR-052), judged as the contract does: without cash, at the worse surface.</summary>
    private static byte[]? FindWitness(RiskRegistry.RiskAttestation attestation, byte[] positions, ImmutableArray<Balance> collateral, CheckpointInputs inputs)
    {
        byte[] bytes = [.. AccountState.Empty.Pack().AsSpan(0, HeaderBytes), .. positions];
        if (AccountState.Unpack(bytes, out AccountState? state) != MarginError.None || state is null)
        {
            return null;
        }

        foreach (bool addOns in (ReadOnlySpan<bool>)[false, true])
        {
            byte[] witness = Margin.Witness.Best(state, collateral.AsSpan(), inputs.View, SurfaceChoice.Worse, addOns);
            if (Margin.Witness.Evaluate(state, collateral.AsSpan(), inputs.View, SurfaceChoice.Worse, witness, out Int128 equity, out Int128 maintenance) != MarginError.None)
            {
                continue;
            }

            Int128 initial = ((inputs.Checkpoint.Header.InitialFactorE8 * maintenance) + One - 1) / One;
            if (maintenance > attestation.MaintenanceMarginE8 || initial > attestation.InitialMarginE8 || initial - equity > attestation.LeastCashE8)
            {
                return witness;
            }
        }

        return null;
    }
}
