using System.Collections.Immutable;

namespace OnchainMargin.Margin;

public static partial class MarginEngine
{
    /// <summary>The full breakdown of an account.</summary>
    /// <param name="state">The state.</param>
    /// <param name="balances">Collateral, ascending by token.</param>
    /// <param name="view">The checkpoint.</param>
    /// <param name="choice">Which surfaces.</param>
    /// <exception cref="ArgumentException">The inputs do not belong together.</exception>
    public static MarginReport Report(AccountState state, ReadOnlySpan<Balance> balances, CheckpointView view, SurfaceChoice choice = SurfaceChoice.Present)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(view);
        Int128 standardE8 = Standard(state, balances, view, choice);
        Workspace workspace = Workspace.Current;
        Require(Evaluate(state.Positions.AsSpan(), balances, view, choice, workspace), nameof(state));
        ImmutableArray<UnderlyingReport>.Builder underlyings = ImmutableArray.CreateBuilder<UnderlyingReport>(workspace.UnderlyingCount);
        for (int u = 0; u < workspace.UnderlyingCount; u++)
        {
            underlyings.Add(Report(workspace.Underlying(u)));
        }

        ImmutableArray<GroupReport>.Builder groups = ImmutableArray.CreateBuilder<GroupReport>(workspace.GroupCount);
        foreach (ref readonly GroupResult g in workspace.Groups)
        {
            groups.Add(new GroupReport(g.Group, g.WorstScenario, g.Scenario24E8, g.Between24E8, g.Worst, g.Loss24E8, g.NettingFloor24E8, g.ShortMinimumE8, g.MaintenanceE8));
        }

        ImmutableArray<CollateralReport>.Builder collaterals = ImmutableArray.CreateBuilder<CollateralReport>(balances.Length);
        foreach (Balance balance in balances)
        {
            CollateralRecord record = view.FindCollateral(balance.Token)!;
            Int128 valueE8 = Collaterals.ValueE8(record, balance.AmountRaw, view.Find(record.Underlying)?.Record.SpotE8 ?? 0);
            collaterals.Add(new CollateralReport(balance.Token, valueE8, Collaterals.HaircutE8(record, valueE8)));
        }

        return new MarginReport(
            Totals.Figures(state.CashE8, view.Checkpoint.Header.InitialFactorE8, workspace),
            standardE8,
            workspace.CollateralValueE8,
            workspace.HaircutE8,
            collaterals.MoveToImmutable(),
            underlyings.MoveToImmutable(),
            groups.MoveToImmutable(),
            Sensitivities.Of(state, balances, view),
            Worst(workspace));
    }

    /// <summary>The quote of a future or an option on the present surface; null when the checkpoint does not hold its expiry.</summary>
    [SpecRule("MRG-026")]
    public static InstrumentQuote? Quote(Instrument dated, CheckpointView view)
    {
        ArgumentNullException.ThrowIfNull(view);
        if (view.Find(dated.Underlying) is not { } terms || terms.ExpiryIndex(dated.Expiry) is not (>= 0 and var expiry))
        {
            return null;
        }

        ReadOnlySpan<long> row = terms.Dated(expiry, delayed: false, dated.StrikeE4, dated.Kind);
        return new InstrumentQuote(row[Scenarios.Mark], terms.Expiry(expiry, delayed: false).ForwardE8, row[Scenarios.VolatilityUp] - row[Scenarios.VolatilityDown]);
    }

    private static UnderlyingReport Report(UnderlyingResult r) => new(
        r.Record.Underlying, r.Record.Group, r.WorstScenario, r.Scenario24E8, r.Between24E8, r.Worst, r.ShortMinimumE8, [.. r.Weighted],
        r.NetE8, r.GrossE8, r.BasisE8, r.LiquidityE8, r.VegaE8, r.StaleE8, r.RateE8, r.SpreadE8);

    private static WorstCase? Worst(Workspace workspace)
    {
        if (workspace.GroupCount == 0)
        {
            return null;
        }

        GroupResult group = workspace.Groups[0];
        foreach (ref readonly GroupResult other in workspace.Groups)
        {
            group = other.MaintenanceE8 > group.MaintenanceE8 ? other : group;
        }

        Int128 jointE8 = RiskGroups.FromTwentyFourths(group.Joint24E8);
        Int128 floorE8 = RiskGroups.FromTwentyFourths(group.NettingFloor24E8);
        if (group.ShortMinimumE8 > jointE8 && group.ShortMinimumE8 > floorE8)
        {
            return new WorstCase(group.Group, WitnessBranch.ShortMinimum, null, null);
        }

        UnderlyingResult? largest = null;
        for (int u = 0; u < workspace.UnderlyingCount; u++)
        {
            UnderlyingResult result = workspace.Underlying(u);
            if (result.Record.Group == group.Group)
            {
                largest = largest is null || result.Loss24E8 > largest.Loss24E8 ? result : largest;
            }
        }

        if (floorE8 > jointE8)
        {
            return new WorstCase(group.Group, WitnessBranch.NettingFloor, largest!.Record.Underlying, largest.Worst);
        }

        return new WorstCase(group.Group, WitnessBranch.Joint, group.Members == 1 ? largest!.Record.Underlying : null, group.Worst);
    }
}
