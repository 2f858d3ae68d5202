namespace OnchainMargin.Margin;

/// <summary>Witnesses: a few bytes that show a lower bound of the maintenance margin at a small part of the work.</summary>
[SpecRule("MRG-057")]
public static class Witness
{
    /// <summary>A witness that shows the most: for each group the branch that asks for most, with its worst points.</summary>
    /// <param name="state">The state.</param>
    /// <param name="balances">Collateral, ascending by token.</param>
    /// <param name="view">The checkpoint.</param>
    /// <param name="choice">Which surfaces.</param>
    /// <param name="addOns">Whether it claims the charges of section 5, which cost gas to show.</param>
    /// <exception cref="ArgumentException">The inputs do not belong together.</exception>
    public static byte[] Best(AccountState state, ReadOnlySpan<Balance> balances, CheckpointView view, SurfaceChoice choice, bool addOns = true)
    {
        ArgumentNullException.ThrowIfNull(state);
        Workspace workspace = Workspace.Current;
        MarginError error = MarginEngine.Evaluate(state.Positions.AsSpan(), balances, view, choice, workspace);
        if (error != MarginError.None)
        {
            throw new ArgumentException(error.ToString(), nameof(state));
        }

        var bytes = new List<byte>();
        foreach (ref readonly GroupResult group in workspace.Groups)
        {
            Int128 jointE8 = RiskGroups.FromTwentyFourths(Rounding.Max(0, group.Joint24E8));
            Int128 floorE8 = RiskGroups.FromTwentyFourths(group.NettingFloor24E8);
            if (group.ShortMinimumE8 > jointE8 && group.ShortMinimumE8 > floorE8)
            {
                bytes.Add((byte)WitnessBranch.ShortMinimum);
            }
            else if (floorE8 > jointE8)
            {
                bytes.Add((byte)WitnessBranch.NettingFloor);
                AddCases(workspace, group.Group, bytes);
            }
            else
            {
                bytes.Add((byte)WitnessBranch.Joint);
                bytes.Add(group.Worst.Code);
            }
        }

        bytes.Add((byte)(addOns ? 1 : 0));
        return [.. bytes];
    }

    /// <summary>What a witness shows of the maintenance margin.</summary>
    /// <param name="state">The state.</param>
    /// <param name="balances">Collateral, ascending by token.</param>
    /// <param name="view">The checkpoint.</param>
    /// <param name="choice">Which surfaces.</param>
    /// <param name="witness">The witness.</param>
    /// <param name="equityE8">Equity.</param>
    /// <param name="maintenanceE8">The lower bound, MM_w.</param>
    public static MarginError Evaluate(
        AccountState state, ReadOnlySpan<Balance> balances, CheckpointView view, SurfaceChoice choice, ReadOnlySpan<byte> witness, out Int128 equityE8, out Int128 maintenanceE8)
    {
        ArgumentNullException.ThrowIfNull(state);
        equityE8 = 0;
        maintenanceE8 = 0;
        Workspace workspace = Workspace.Current;
        MarginError error = MarginEngine.Evaluate(state.Positions.AsSpan(), balances, view, choice, workspace);
        if (error != MarginError.None)
        {
            return error;
        }

        Int128 sumE8 = workspace.HaircutE8;
        foreach (ref readonly GroupResult group in workspace.Groups)
        {
            if (!TryShow(workspace, group, ref witness, out Int128 shownE8))
            {
                return MarginError.WitnessMalformed;
            }

            sumE8 += shownE8;
        }

        if (witness.Length != 1 || witness[0] > 1)
        {
            return MarginError.WitnessMalformed;
        }

        for (int u = 0; u < workspace.UnderlyingCount && witness[0] == 1; u++)
        {
            sumE8 += workspace.Underlying(u).AddOnsE8;
        }

        equityE8 = Totals.Equity(state.CashE8, workspace);
        maintenanceE8 = sumE8;
        return MarginError.None;
    }

    private static void AddCases(Workspace workspace, byte group, List<byte> bytes)
    {
        for (int u = 0; u < workspace.UnderlyingCount; u++)
        {
            UnderlyingResult result = workspace.Underlying(u);
            if (result.Record.Group == group)
            {
                bytes.Add(result.Worst.Code);
            }
        }
    }

    private static bool TryShow(Workspace workspace, in GroupResult group, ref ReadOnlySpan<byte> witness, out Int128 shownE8)
    {
        shownE8 = 0;
        if (!TryTake(ref witness, out byte branch))
        {
            return false;
        }

        switch ((WitnessBranch)branch)
        {
            case WitnessBranch.ShortMinimum:
                shownE8 = group.ShortMinimumE8;
                return true;
            case WitnessBranch.Joint:
                return TryTake(ref witness, out byte point) && TryJointLoss(workspace, group.Group, new Point(point), out Int128 joint24E8) && Show(joint24E8, out shownE8);
            case WitnessBranch.NettingFloor:
                return TrySumCases(workspace, group.Group, ref witness, out Int128 floor24E16) && Show(Rounding.DivCeil(floor24E16, Rounding.One), out shownE8);
            default:
                return false;
        }
    }

    private static bool Show(Int128 loss24E8, out Int128 shownE8)
    {
        shownE8 = RiskGroups.FromTwentyFourths(Rounding.Max(0, loss24E8));
        return true;
    }

    private static bool TryJointLoss(Workspace workspace, byte group, Point point, out Int128 loss24E8)
    {
        Span<Int128> weighted = stackalloc Int128[Scenarios.Count];
        Span<Int128> exact = stackalloc Int128[Scenarios.Count];
        Span<Kink> kinks = workspace.Kinks;
        int count = RiskGroups.Pool(workspace, group, weighted, exact, kinks);
        return TryLoss(kinks[..count], weighted, exact, point, out loss24E8);
    }

    private static bool TryLoss(ReadOnlySpan<Kink> kinks, ReadOnlySpan<Int128> weighted, ReadOnlySpan<Int128> exact, Point point, out Int128 loss24E8)
    {
        if (point.Scenario is { } scenario)
        {
            loss24E8 = -weighted[scenario];
            return true;
        }

        loss24E8 = 0;
        return (point.Kink is not null || point.Node is not null) && Between.TryLoss(kinks, exact, point, out loss24E8);
    }

    private static bool TrySumCases(Workspace workspace, byte group, ref ReadOnlySpan<byte> witness, out Int128 floor24E16)
    {
        floor24E16 = 0;
        for (int u = 0; u < workspace.UnderlyingCount; u++)
        {
            UnderlyingResult result = workspace.Underlying(u);
            if (result.Record.Group != group)
            {
                continue;
            }

            if (!TryTake(ref witness, out byte point) || !TryLoss(result.KinkSpan, result.Weighted, result.Exact, new Point(point), out Int128 own24E8))
            {
                return false;
            }

            floor24E16 += RiskGroups.NettingFloor24E16(result, Rounding.Max(0, own24E8));
        }

        return true;
    }

    private static bool TryTake(ref ReadOnlySpan<byte> witness, out byte taken)
    {
        taken = witness.IsEmpty ? (byte)0 : witness[0];
        bool any = !witness.IsEmpty;
        witness = any ? witness[1..] : witness;
        return any;
    }
}
