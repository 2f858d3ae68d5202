namespace OnchainMargin.Margin;

/// <summary>The grid of 37 scenarios: relative price move in quarters of the range, direction of the volatility shock, weight in 24ths.</summary>
[SpecRule("MRG-030")]
public static class Scenarios
{
    /// <summary>Number of scenarios.</summary>
    public const int Count = 37;

    /// <summary>The scenario without a move, whose value is the mark.</summary>
    public const int Mark = 13;

    /// <summary>The weight of a scenario that counts in full: weights, and losses under them, are in 24ths.</summary>
    public const int FullWeight = 24;

    /// <summary>Scenarios and as many places more as fill vectors of eight.</summary>
    internal const int Lanes = 40;

    /// <summary>Scenario q = −1, v = 0.</summary>
    internal const int Lower = 10;

    /// <summary>Scenario q = +1, v = 0.</summary>
    internal const int Upper = 16;

    /// <summary>Scenario q = 0, v = −1.</summary>
    internal const int VolatilityDown = 12;

    /// <summary>Scenario q = 0, v = +1.</summary>
    internal const int VolatilityUp = 14;

    /// <summary>Nodes of the price axis.</summary>
    internal const int Nodes = 15;

    /// <summary>The node without a move.</summary>
    internal const int MarkNode = 6;

    /// <summary>One bit each: the scenarios without a shock of volatility, and those that are the only one of their node. For what is no option all others repeat them.</summary>
    internal static readonly ulong WithoutShocks = Enumerable.Range(0, Count)
        .Where(static s => ScenarioShocks[s] == 1 || ScenarioNodes.Count(ScenarioNodes[s]) == 1)
        .Aggregate(0UL, static (bits, s) => bits | (1UL << s));

    /// <summary>The nodes of the price axis, ascending, in quarters of the range.</summary>
    internal static ReadOnlySpan<int> NodeQuarters => [-12, -8, -4, -3, -2, -1, 0, 1, 2, 3, 4, 8, 12, 24, 48];

    /// <summary>Weights of the nodes, in 24ths.</summary>
    internal static ReadOnlySpan<int> NodeWeights => [8, 12, 24, 24, 24, 24, 24, 24, 24, 24, 24, 12, 8, 3, 1];

    /// <summary>The scenario of each node and shock (three a node: down, none, up), −1 where there is none.</summary>
    internal static ReadOnlySpan<int> NodeScenarios =>
    [
        -1, 31, 32, -1, 27, 28, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
        -1, 29, 30, -1, 33, 34, -1, -1, 35, -1, -1, 36,
    ];

    /// <summary>Weights of the scenarios, in 24ths.</summary>
    internal static ReadOnlySpan<int> Weights =>
    [
        24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 12, 12, 12, 12, 8, 8, 8, 8, 3, 1,
    ];

    /// <summary>The node of each scenario.</summary>
    internal static ReadOnlySpan<int> ScenarioNodes =>
        [2, 2, 2, 3, 3, 3, 4, 4, 4, 5, 5, 5, 6, 6, 6, 7, 7, 7, 8, 8, 8, 9, 9, 9, 10, 10, 10, 1, 1, 11, 11, 0, 0, 12, 12, 13, 14];

    /// <summary>The shock of each scenario: 0 down, 1 none, 2 up.</summary>
    internal static ReadOnlySpan<int> ScenarioShocks =>
        [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 2, 2];

    /// <summary>Lays out what belongs to nodes by scenario; the places behind the last repeat it.</summary>
    /// <param name="nodes">A number a node.</param>
    /// <param name="lanes">A number a scenario.</param>
    internal static void Spread(ReadOnlySpan<long> nodes, Span<long> lanes)
    {
        for (int s = 0; s < Lanes; s++)
        {
            lanes[s] = nodes[ScenarioNodes[Math.Min(s, Count - 1)]];
        }
    }

    /// <summary>The price move of a node, in quarters of the range.</summary>
    /// <param name="node">From 0 to 14.</param>
    public static int Quarters(int node) => NodeQuarters[node];

    /// <summary>The weight of a node in 24ths.</summary>
    /// <param name="node">From 0 to 14.</param>
    public static int Weight24(int node) => NodeWeights[node];

    /// <summary>The scenario of an index.</summary>
    /// <param name="index">From 0 to 36.</param>
    public static Scenario Scenario(int index) => new(
        NodeQuarters[ScenarioNodes[index]],
        index < 27 ? (index % 3) - 1 : index < 35 ? (index - 27) % 2 : 1,
        Weights[index]);
}
