namespace OnchainMargin.Oracle;

/// <summary>The scenarios of MRG-030 and the axis of MRG-032.</summary>
public static class Grid
{
    /// <summary>(q, v, w) in the order of their numbers.</summary>
    public static IReadOnlyList<(int Q, int V, int W)> Scenarios { get; } = Build();

    /// <summary>The nodes of the axis, ascending.</summary>
    public static IReadOnlyList<int> Axis { get; } = [-12, -8, -4, -3, -2, -1, 0, 1, 2, 3, 4, 8, 12, 24, 48];

    /// <summary>The number of the scenario at node q and shock v, or −1.</summary>
    public static int Index(int q, int v)
    {
        for (int i = 0; i < Scenarios.Count; i++)
        {
            if (Scenarios[i].Q == q && Scenarios[i].V == v)
            {
                return i;
            }
        }

        return -1;
    }

    private static List<(int Q, int V, int W)> Build()
    {
        List<(int, int, int)> list = [];
        for (int q = -4; q <= 4; q++)
        {
            for (int v = -1; v <= 1; v++)
            {
                list.Add((q, v, 24));
            }
        }

        foreach ((int size, int weight) in new[] { (8, 12), (12, 8) })
        {
            foreach (int q in new[] { -size, size })
            {
                list.Add((q, 0, weight));
                list.Add((q, 1, weight));
            }
        }

        list.Add((24, 1, 3));
        list.Add((48, 1, 1));
        return list;
    }
}
