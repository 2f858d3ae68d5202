namespace OnchainMargin.Margin;

/// <summary>The most that a fill can raise initial margin by, whatever else the account holds.</summary>
[SpecRule("MRG-058")]
public static class Headroom
{
    private const int Roundings = 8;

    /// <summary>The rise that adding a fill can cause at most.</summary>
    /// <param name="instrument">A perpetual, future or option.</param>
    /// <param name="sizeE8">The fill's size, signed, not zero.</param>
    /// <param name="view">The checkpoint.</param>
    /// <param name="choice">Which surfaces.</param>
    /// <param name="riseE8">The rise.</param>
    public static MarginError Rise(Instrument instrument, long sizeE8, CheckpointView view, SurfaceChoice choice, out Int128 riseE8)
    {
        ArgumentNullException.ThrowIfNull(view);
        riseE8 = 0;
        var fill = new Position(instrument, sizeE8, 0);
        MarginError error = AccountState.Validate([fill]);
        Workspace workspace = Workspace.Current;
        error = error == MarginError.None ? MarginEngine.Evaluate([fill], [], view, choice, workspace) : error;
        if (error != MarginError.None)
        {
            return error;
        }

        UnderlyingResult alone = workspace.Underlying(0);
        RiskParameters p = alone.Record.Parameters;
        long chargeE8 = LargestBasisRate(alone.Record, view.Checkpoint.Header.Time);
        Int128 crossE8 = Rounding.DivCeil(((2L * p.SlippageCapE8) + (long)Rounding.DivCeil((Int128)3 * chargeE8, 2L)) * alone.GrossE8, Rounding.One);
        Int128 sumE8 = workspace.Groups[0].MaintenanceE8 + alone.VegaE8 + alone.RateE8 + alone.StaleE8 + crossE8;
        riseE8 = Rounding.DivCeil(view.Checkpoint.Header.InitialFactorE8 * sumE8, Rounding.One)
            + Rounding.DivCeil(AddOns.SpreadRate(alone.Record) * alone.GrossE8, Rounding.One) + Roundings;
        return MarginError.None;
    }

    /// <summary>On which surfaces a fill's rise is reckoned, so that the account before it, the account after it and the fill alone are all counted on one; null where headroom shows nothing.</summary>
    /// <param name="before">The account's positions before all its fills, ascending.</param>
    /// <param name="after">Its positions after all of them, ascending.</param>
    /// <param name="instrument">What was traded.</param>
    /// <param name="sizeE8">Its net size, signed, not zero.</param>
    /// <param name="view">The checkpoint; it holds the instrument's expiry.</param>
    public static SurfaceChoice? ChoiceFor(ReadOnlySpan<Position> before, ReadOnlySpan<Position> after, Instrument instrument, long sizeE8, CheckpointView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (instrument.Kind == InstrumentKind.Perpetual)
        {
            return SurfaceChoice.Worse;
        }

        ReadOnlySpan<Position> had = OfExpiry(before, instrument);
        ReadOnlySpan<Position> has = OfExpiry(after, instrument);
        bool isDelayed = MarginEngine.ChoosesDelayed(had.IsEmpty ? has : had, view, SurfaceChoice.Worse);
        if (!has.IsEmpty && MarginEngine.ChoosesDelayed(has, view, SurfaceChoice.Worse) != isDelayed)
        {
            return null;
        }

        ReadOnlySpan<Position> alone = [new Position(instrument, sizeE8, 0)];
        bool isWorse = MarginEngine.ChoosesDelayed(alone, view, SurfaceChoice.Worse);
        bool isBetter = MarginEngine.ChoosesDelayed(alone, view, SurfaceChoice.Better);

        // A future that is worth the same on both is the same on both: they have one forward.
        bool isSame = !isWorse && !isBetter && !instrument.IsOption;
        return isSame || isWorse == isDelayed ? SurfaceChoice.Worse : isBetter == isDelayed ? SurfaceChoice.Better : null;
    }

    /// <summary>Whether a fill is shown by the figures of the account before it.</summary>
    /// <param name="cashAfterE8">Cash after the fill: premium, fee and realised part booked.</param>
    /// <param name="leastCashBeforeE8">The least cash before it.</param>
    /// <param name="riseE8">The rise of <see cref="Rise"/>.</param>
    /// <param name="restBeforeE8">Equity − cash before.</param>
    /// <param name="restAfterE8">Equity − cash after.</param>
    public static bool Shows(Int128 cashAfterE8, Int128 leastCashBeforeE8, Int128 riseE8, Int128 restBeforeE8, Int128 restAfterE8) =>
        cashAfterE8 >= leastCashBeforeE8 + riseE8 + Rounding.Max(0, restBeforeE8 - restAfterE8);

    private static ReadOnlySpan<Position> OfExpiry(ReadOnlySpan<Position> positions, Instrument instrument)
    {
        int from = 0;
        while (from < positions.Length && !IsSame(positions[from].Instrument, instrument))
        {
            from++;
        }

        int to = from;
        while (to < positions.Length && IsSame(positions[to].Instrument, instrument))
        {
            to++;
        }

        return positions[from..to];
    }

    /// <summary>Whether both are of one expiry of one underlying; a perpetual has none.</summary>
    private static bool IsSame(Instrument a, Instrument b) => a.Underlying == b.Underlying && a.Expiry == b.Expiry;

    private static long LargestBasisRate(UnderlyingRecord record, long time)
    {
        long largest = AddOns.BasisRate(record.Parameters, 0);
        foreach (ExpiryRecord expiry in record.Expiries)
        {
            largest = Math.Max(largest, AddOns.BasisRate(record.Parameters, Math.Max(expiry.Expiry - time, 0)));
        }

        return largest;
    }
}
