namespace OnchainMargin.Margin;

/// <summary>Aggregation of underlyings in risk groups.</summary>
internal static class RiskGroups
{
    private const int GroupsMax = 256;

    /// <summary>Adds the groups of a workspace, ascending.</summary>
    [SpecRule("MRG-033")]
    internal static void Add(Workspace workspace)
    {
        for (int last = -1; NextGroup(workspace, last) is var group && group < GroupsMax; last = group)
        {
            Fill(workspace, ref workspace.AddGroup((byte)group));
        }
    }

    /// <summary>N, E and kinks of all underlyings of a group together.</summary>
    /// <param name="workspace">The account.</param>
    /// <param name="group">The group.</param>
    /// <param name="weighted">Where N goes.</param>
    /// <param name="exact">Where E goes.</param>
    /// <param name="kinks">Where the kinks go, room for every position.</param>
    /// <returns>The number of kinks.</returns>
    internal static int Pool(Workspace workspace, byte group, Span<Int128> weighted, Span<Int128> exact, Span<Kink> kinks)
    {
        weighted.Clear();
        exact.Clear();
        int count = 0;
        for (int u = 0; u < workspace.UnderlyingCount; u++)
        {
            UnderlyingResult result = workspace.Underlying(u);
            if (result.Record.Group != group)
            {
                continue;
            }

            for (int s = 0; s < Scenarios.Count; s++)
            {
                weighted[s] += result.Weighted[s];
                exact[s] += result.Exact[s];
            }

            result.KinkSpan.CopyTo(kinks[count..]);
            count += result.KinkCount;
        }

        UnderlyingSums.Sort(kinks[..count]);
        return count;
    }

    /// <summary>nettingFloor·loss of an underlying: what netting cannot remove of it, E16 in 24ths.</summary>
    internal static Int128 NettingFloor24E16(UnderlyingResult underlying, Int128 loss24E8) => underlying.Record.Parameters.NettingFloorE8 * loss24E8;

    /// <summary>⌈loss/24⌉.</summary>
    internal static Int128 FromTwentyFourths(Int128 loss24E8) => Rounding.DivCeil(loss24E8, (long)Scenarios.FullWeight);

    private static int NextGroup(Workspace workspace, int last)
    {
        int next = GroupsMax;
        for (int u = 0; u < workspace.UnderlyingCount; u++)
        {
            int group = workspace.Underlying(u).Record.Group;
            next = group > last && group < next ? group : next;
        }

        return next;
    }

    private static void Fill(Workspace workspace, ref GroupResult group)
    {
        UnderlyingResult? only = null;
        Int128 floor24E16 = 0;
        for (int u = 0; u < workspace.UnderlyingCount; u++)
        {
            UnderlyingResult result = workspace.Underlying(u);
            if (result.Record.Group == group.Group)
            {
                only = result;
                group.Members++;
                group.Loss24E8 += result.Loss24E8;
                floor24E16 += NettingFloor24E16(result, result.Loss24E8);
                group.ShortMinimumE8 += result.ShortMinimumE8;
            }
        }

        if (group.Members == 1)
        {
            group.WorstScenario = only!.WorstScenario;
            group.Scenario24E8 = only.Scenario24E8;
            group.Between24E8 = only.Between24E8;
            group.Worst = only.Worst;
        }
        else
        {
            Join(workspace, ref group);
        }

        group.NettingFloor24E8 = Rounding.DivCeil(floor24E16, Rounding.One);
        Int128 largest24E8 = Rounding.Max(Rounding.Max(group.Joint24E8, group.NettingFloor24E8), Scenarios.FullWeight * group.ShortMinimumE8);
        group.MaintenanceE8 = FromTwentyFourths(largest24E8);
    }

    private static void Join(Workspace workspace, ref GroupResult group)
    {
        Span<Int128> weighted = stackalloc Int128[Scenarios.Count];
        Span<Int128> exact = stackalloc Int128[Scenarios.Count];
        Span<Kink> kinks = workspace.Kinks;
        int count = Pool(workspace, group.Group, weighted, exact, kinks);
        for (int s = 1; s < Scenarios.Count; s++)
        {
            group.WorstScenario = weighted[s] < weighted[group.WorstScenario] ? s : group.WorstScenario;
        }

        group.Scenario24E8 = -weighted[group.WorstScenario];
        group.Between24E8 = Between.Sweep(kinks[..count], exact, out Point worst);
        group.Worst = group.Between24E8 > group.Scenario24E8 ? worst : Point.OfScenario(group.WorstScenario);
    }
}
