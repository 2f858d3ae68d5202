using System.Collections.Immutable;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Markets;

namespace OnchainMargin.Solver.Proving;

/// <summary>Whether an attestation would show an account healthy after an operation, as far as the account itself says (CLR-020, MRG-058). Drift, epochs and the bucket are the chain's to judge.</summary>
internal static class AttestedRules
{
    /// <summary>So that a proof does not run out in a wallet.</summary>
    private const ulong LeastSecondsLeft = 60;

    /// <summary>An attestation of the state after.</summary>
    public static bool Shows(AccountOperation operation, RiskRegistry.RiskAttestation attestation, ImmutableArray<Balance> named, CreditQuote credit, CheckpointInputs inputs) =>
        IsOf(operation.After, attestation, named, inputs) && operation.After.State.CashE8 - credit.AsideE8 - credit.FeeE8 >= attestation.LeastCashE8;

    /// <summary>An attestation of the state before, and headroom for what was traded.</summary>
    public static bool ShowsByHeadroom(AccountOperation operation, RiskRegistry.RiskAttestation attestation, ImmutableArray<Balance> named, CreditQuote credit, CheckpointInputs inputs)
    {
        if (operation.Traded.Count == 0 || !IsOf(operation.Before, attestation, named, inputs)
            || operation.Before.Figures(inputs.View, SurfaceChoice.Worse) is not { } before || operation.After.Figures(inputs.View, SurfaceChoice.Worse) is not { } after)
        {
            return false;
        }

        Int128 riseE8 = 0;
        foreach ((Instrument instrument, long sizeE8) in operation.Traded)
        {
            if (Headroom.ChoiceFor(operation.Before.State.Positions.AsSpan(), operation.After.State.Positions.AsSpan(), instrument, sizeE8, inputs.View) is not { } choice
                || Headroom.Rise(instrument, sizeE8, inputs.View, choice, out Int128 one) != MarginError.None)
            {
                return false;
            }

            riseE8 += one;
        }

        return Headroom.Shows(
            operation.After.State.CashE8 - credit.AsideE8 - credit.FeeE8, attestation.LeastCashE8, riseE8, before.EquityE8 - operation.Before.State.CashE8, after.EquityE8 - operation.After.State.CashE8);
    }

    /// <summary>Whether it speaks of these positions and at most this collateral, and for a while yet.</summary>
    private static bool IsOf(Holding holding, RiskRegistry.RiskAttestation attestation, ImmutableArray<Balance> named, CheckpointInputs inputs) =>
        attestation.PositionsHash == BookAccount.HashOfPositions(holding.State)
        && named.All(one => holding.Balances.FirstOrDefault(balance => balance.Token == one.Token).AmountRaw >= one.AmountRaw)
        && attestation.ValidUntil >= (ulong)inputs.Checkpoint.Header.Time + LeastSecondsLeft;
}
