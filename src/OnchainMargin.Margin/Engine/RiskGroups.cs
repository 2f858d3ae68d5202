namespace OnchainMargin.Margin;

/// <summary>Aggregation of underlyings in risk groups.</summary>
internal static class RiskGroups
{
    private const int Weight = 24;
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

    /// <summary>The joint worst case of underlyings: the largest loss of one scenario over all of them.</summary>
    internal static Int128 Joint(Workspace workspace, byte group, out int worst)
    {
        Span<Int128> sums = stackalloc Int128[Scenarios.Count];
        sums.Clear();
        for (int u = 0; u < workspace.UnderlyingCount; u++)
        {
            UnderlyingResult result = workspace.Underlying(u);
            if (result.Record.Group == group)
            {
                for (int s = 0; s < sums.Length; s++)
                {
                    sums[s] += result.Weighted[s];
                }
            }
        }

        worst = 0;
        for (int s = 1; s < sums.Length; s++)
        {
            if (sums[s] < sums[worst])
            {
                worst = s;
            }
        }

        return -sums[worst];
    }

    /// <summary>⌈⌈nettingFloor·loss/10⁸⌉/24⌉: what the netting floor asks for a sum of losses.</summary>
    internal static Int128 NettingFloor(long nettingFloorE8, Int128 loss24E8) => Rounding.DivCeil(Rounding.DivCeil(nettingFloorE8 * loss24E8, Rounding.One), (long)Weight);

    /// <summary>⌈loss/24⌉.</summary>
    internal static Int128 FromTwentyFourths(Int128 loss24E8) => Rounding.DivCeil(loss24E8, (long)Weight);

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
        for (int u = 0; u < workspace.UnderlyingCount; u++)
        {
            UnderlyingResult result = workspace.Underlying(u);
            if (result.Record.Group == group.Group)
            {
                group.NettingFloorE8 = Math.Max(group.NettingFloorE8, result.Record.Parameters.NettingFloorE8);
                group.Excess24E8 += result.Excess24E8;
                group.Loss24E8 += result.Loss24E8;
                group.ShortMinimumE8 += result.ShortMinimumE8;
            }
        }

        group.Joint24E8 = Joint(workspace, group.Group, out group.WorstScenario);
        Int128 floor24E8 = Rounding.DivCeil(group.NettingFloorE8 * group.Loss24E8, Rounding.One);
        Int128 largest24E8 = Rounding.Max(Rounding.Max(group.Joint24E8 + group.Excess24E8, floor24E8), Weight * group.ShortMinimumE8);
        group.MaintenanceE8 = FromTwentyFourths(largest24E8);
    }
}
