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

    /// <summary>Finds it, from the preimages of what an attestation of this model names, which it hands on as they are; null when nothing is wrong with it, or nobody can compute it, the chain no more than this node. What asks for
    /// all the cash there is shows nobody's health and is never harmful; where the checkpoint lacks an expiry or a token, or a margin does not fit its field, nothing else is true (CLR-052).</summary>
    public static Refutation? Find(RiskRegistry.RiskAttestation attestation, byte[] positions, byte[] balances, CheckpointInputs inputs)
    {
        ImmutableArray<Balance> collateral = Balances.Unpack(balances);

        // Requirements do not depend on cash: judged without, as the contract does.
        byte[] bytes = [.. AccountState.Empty.Pack().AsSpan(0, HeaderBytes), .. positions];
        if (AccountState.Unpack(bytes, out AccountState? state) != MarginError.None || state is null)
        {
            return null;
        }

        MarginError error = MarginEngine.TryCompute(state, collateral.AsSpan(), inputs.View, SurfaceChoice.Worse, out AccountFigures own);
        bool isMissing = error is MarginError.ExpiryMissing or MarginError.CollateralMissing;
        if (error != MarginError.None && !isMissing)
        {
            return null;
        }

        var preimages = new Challenges.Preimages(positions, balances, inputs.Head, inputs.RecordsFor(state, collateral));
        bool asksForAll = attestation.LeastCashE8 == Int128.MaxValue;
        if (asksForAll && (isMissing || own.InitialE8 > long.MaxValue))
        {
            return null;
        }

        if (isMissing)
        {
            return new Refutation(true, null, preimages);
        }

        bool isHarmful = !asksForAll && (own.LeastCashE8 > attestation.LeastCashE8 || own.InitialE8 > attestation.InitialMarginE8 || own.MaintenanceE8 > attestation.MaintenanceMarginE8);
        bool isTrue = own.LeastCashE8 == attestation.LeastCashE8 && own.InitialE8 == attestation.InitialMarginE8 && own.MaintenanceE8 == attestation.MaintenanceMarginE8;
        return isTrue ? null : new Refutation(isHarmful, isHarmful ? FindWitness(attestation, state, collateral, inputs) : null, preimages);
    }

    /// <summary>The cheapest witness that shows it (CLR-052), judged as the contract does: at the worse surface.</summary>
    private static byte[]? FindWitness(RiskRegistry.RiskAttestation attestation, AccountState state, ImmutableArray<Balance> collateral, CheckpointInputs inputs)
    {
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
