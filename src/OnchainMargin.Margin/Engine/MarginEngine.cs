using System.Numerics;

namespace OnchainMargin.Margin;

/// <summary>The margin of an account: a pure function of state, balances, checkpoint and surface choice, equal to the referee's to the last unit.</summary>
[SpecRule("MRG-005")]
public static partial class MarginEngine
{

    /// <summary>The figures of an account.</summary>
    /// <param name="state">The state.</param>
    /// <param name="balances">Collateral, ascending by token.</param>
    /// <param name="view">The checkpoint.</param>
    /// <param name="choice">Which surfaces.</param>
    /// <exception cref="ArgumentException">The inputs do not belong together; the message names the error of <c>spec/errors.json</c>.</exception>
    public static AccountFigures Compute(AccountState state, ReadOnlySpan<Balance> balances, CheckpointView view, SurfaceChoice choice = SurfaceChoice.Present)
    {
        MarginError error = TryCompute(state, balances, view, choice, out AccountFigures figures);
        return error == MarginError.None ? figures : throw new ArgumentException(error.ToString(), nameof(state));
    }

    /// <summary>The figures of an account, or what is wrong with its inputs.</summary>
    /// <param name="state">The state.</param>
    /// <param name="balances">Collateral, ascending by token.</param>
    /// <param name="view">The checkpoint.</param>
    /// <param name="choice">Which surfaces.</param>
    /// <param name="figures">The figures.</param>
    public static MarginError TryCompute(AccountState state, ReadOnlySpan<Balance> balances, CheckpointView view, SurfaceChoice choice, out AccountFigures figures)
    {
        ArgumentNullException.ThrowIfNull(state);
        Workspace workspace = Workspace.Current;
        MarginError error = Evaluate(state.Positions.AsSpan(), balances, view, choice, workspace);
        figures = error == MarginError.None ? Totals.Figures(state.CashE8, view.Checkpoint.Header.InitialFactorE8, workspace) : default;
        return error;
    }

    /// <summary>What isolated accounts of one position or one collateral each would need together.</summary>
    /// <param name="state">The state.</param>
    /// <param name="balances">Collateral, ascending by token.</param>
    /// <param name="view">The checkpoint.</param>
    /// <param name="choice">Which surfaces.</param>
    [SpecRule("MRG-053")]
    public static Int128 Standard(AccountState state, ReadOnlySpan<Balance> balances, CheckpointView view, SurfaceChoice choice = SurfaceChoice.Present)
    {
        ArgumentNullException.ThrowIfNull(state);
        Workspace workspace = Workspace.Current;
        ReadOnlySpan<Position> positions = state.Positions.AsSpan();
        Int128 sum = 0;
        for (int i = 0; i < positions.Length; i++)
        {
            Require(Evaluate(positions.Slice(i, 1), [], view, choice, workspace), nameof(state));
            sum += Totals.Maintenance(workspace);
        }

        for (int i = 0; i < balances.Length; i++)
        {
            Require(Evaluate([], balances.Slice(i, 1), view, choice, workspace), nameof(balances));
            sum += Totals.Maintenance(workspace);
        }

        return sum;
    }

    /// <summary>Computes every term of an account into a workspace.</summary>
    internal static MarginError Evaluate(ReadOnlySpan<Position> positions, ReadOnlySpan<Balance> balances, CheckpointView view, SurfaceChoice choice, Workspace workspace)
    {
        workspace.Clear();
        Span<long> spotSizes = stackalloc long[MarginDomain.UnderlyingsMax + 1];
        spotSizes.Clear();
        MarginError error = AddBalances(balances, view, workspace, spotSizes, out ulong touched);
        Span<Int128> pnl = stackalloc Int128[2 * Scenarios.Count];
        for (int i = 0; i < positions.Length || touched != 0;)
        {
            int spot = touched == 0 ? int.MaxValue : BitOperations.TrailingZeroCount(touched) + 1;
            int underlying = i < positions.Length ? Math.Min(positions[i].Instrument.Underlying, spot) : spot;
            int end = i;
            while (end < positions.Length && positions[end].Instrument.Underlying == underlying)
            {
                end++;
            }

            MarginError found = MarginError.UnderlyingMissing;
            if (view.Find((ushort)underlying) is { } terms)
            {
                pnl.Clear();
                found = AddUnderlying(terms, positions[i..end], i, spot == underlying ? spotSizes[underlying] : null, view.Checkpoint.Header.Time, choice, workspace, pnl);
            }

            error = First(error, found);
            i = end;
            touched = spot == underlying ? touched & (touched - 1) : touched;
        }

        if (error == MarginError.None)
        {
            RiskGroups.Add(workspace);
        }

        return error;
    }

    private static MarginError AddBalances(ReadOnlySpan<Balance> balances, CheckpointView view, Workspace workspace, Span<long> spotSizes, out ulong touched)
    {
        touched = 0;
        MarginError error = MarginError.None;
        for (int i = 0; i < balances.Length; i++)
        {
            Balance balance = balances[i];
            if (i > 0 && balances[i - 1].Token >= balance.Token)
            {
                error = First(error, MarginError.BalancesUnsorted);
            }

            if (view.FindCollateral(balance.Token) is not { } record)
            {
                error = First(error, MarginError.CollateralMissing);
                continue;
            }

            Int128 valueE8 = 0;
            if (record.Underlying == 0)
            {
                valueE8 = Collaterals.ValueE8(record, balance.AmountRaw, 0);
            }
            else if (view.Find(record.Underlying) is { } terms && record.Underlying < spotSizes.Length)
            {
                valueE8 = Collaterals.ValueE8(record, balance.AmountRaw, terms.Record.SpotE8);
                spotSizes[record.Underlying] += Collaterals.SizeE8(record, balance.AmountRaw);
                touched |= 1UL << (record.Underlying - 1);
            }
            else
            {
                error = First(error, MarginError.UnderlyingMissing);
            }

            workspace.CollateralValueE8 += valueE8;
            workspace.HaircutE8 += Collaterals.HaircutE8(record, valueE8);
        }

        return error;
    }

    private static MarginError AddUnderlying(
        UnderlyingTerms terms, ReadOnlySpan<Position> positions, int first, long? spotSize, long time, SurfaceChoice choice, Workspace workspace, Span<Int128> pnl)
    {
        UnderlyingResult result = workspace.AddUnderlying(terms);
        var sums = new UnderlyingSums(terms, result, workspace, pnl[..Scenarios.Count], pnl[Scenarios.Count..]);
        if (spotSize is { } sizeE8)
        {
            sums.AddSpot(sizeE8);
        }

        int i = 0;
        if (positions.Length > 0 && positions[0].Instrument.Kind == InstrumentKind.Perpetual)
        {
            sums.AddPerpetual(positions[0]);
            i = 1;
        }

        MarginError error = MarginError.None;
        while (i < positions.Length)
        {
            uint expiry = positions[i].Instrument.Expiry;
            int end = i + 1;
            while (end < positions.Length && positions[end].Instrument.Expiry == expiry)
            {
                end++;
            }

            int index = terms.ExpiryIndex(expiry);
            if (index < 0)
            {
                error = MarginError.ExpiryMissing;
            }
            else
            {
                ReadOnlySpan<Position> slice = positions[i..end];
                sums.AddExpiry(slice, first + i, index, ChooseDelayed(terms, slice, index, choice), time);
            }

            i = end;
        }

        sums.Finish();
        return error;
    }

    /// <summary>Whether the delayed surface holds for positions of one expiry, none of them a perpetual; never where there are none.</summary>
    /// <exception cref="ArgumentException">The checkpoint does not hold the underlying or the expiry.</exception>
    internal static bool ChoosesDelayed(ReadOnlySpan<Position> positions, CheckpointView view, SurfaceChoice choice)
    {
        if (positions.IsEmpty)
        {
            return false;
        }

        Instrument instrument = positions[0].Instrument;
        UnderlyingTerms? terms = view.Find(instrument.Underlying);
        Require(terms is null ? MarginError.UnderlyingMissing : MarginError.None, nameof(positions));
        int expiry = terms!.ExpiryIndex(instrument.Expiry);
        Require(expiry < 0 ? MarginError.ExpiryMissing : MarginError.None, nameof(positions));
        return ChooseDelayed(terms, positions, expiry, choice);
    }

    /// <summary>Whether the delayed surface of an expiry holds: the better or the worse for these positions, the present one on a tie.</summary>
    [SpecRule("MRG-012")]
    private static bool ChooseDelayed(UnderlyingTerms terms, ReadOnlySpan<Position> positions, int expiry, SurfaceChoice choice)
    {
        if (choice == SurfaceChoice.Present || !terms.HasChoice(expiry))
        {
            return false;
        }

        Int128 difference = 0;
        foreach (Position position in positions)
        {
            Instrument instrument = position.Instrument;
            long present = terms.Dated(expiry, delayed: false, instrument.StrikeE4, instrument.Kind)[Scenarios.Mark];
            long delayed = terms.Dated(expiry, delayed: true, instrument.StrikeE4, instrument.Kind)[Scenarios.Mark];
            difference += Math.BigMul(position.SizeE8, delayed - present);
        }

        return choice == SurfaceChoice.Better ? difference > 0 : difference < 0;
    }

    private static MarginError First(MarginError a, MarginError b) => a == MarginError.None || (b != MarginError.None && b < a) ? b : a;

    private static void Require(MarginError error, string name)
    {
        if (error != MarginError.None)
        {
            throw new ArgumentException(error.ToString(), name);
        }
    }
}
