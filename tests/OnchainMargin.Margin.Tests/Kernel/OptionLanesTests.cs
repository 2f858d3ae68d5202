using System.Runtime.Intrinsics;

namespace OnchainMargin.Margin.Tests.Kernel;

/// <summary>Black-76 in vectors gives the integers of one value at a time, at every width and over the whole domain.</summary>
public sealed class OptionLanesTests
{
    private const int Cases = 20_000;

    private delegate void FillLanes(ReadOnlySpan<long> a, ReadOnlySpan<long> ln, long b, long moneyness, ReadOnlySpan<long> deviations, Span<long> row);

    public static TheoryData<LaneWidth> Widths => [LaneWidth.Scalar, LaneWidth.Bits128, LaneWidth.Bits256, LaneWidth.Bits512];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Fill_WholeDomain_EqualsOneValueAtATime(LaneWidth width)
    {
        FillLanes fill = Of(width);
        var random = new Random(20_261_120);
        long[] a = new long[Scenarios.Nodes];
        long[] spread = new long[Scenarios.Lanes];
        long[] found = new long[Scenarios.Lanes];
        long[] expected = new long[Scenarios.Lanes];
        for (int i = 0; i < Cases; i++)
        {
            var nodes = new RangeNodes(random.NextInt64(1_000_000, 32_000_001));
            long forward = Any(random, 1, 1L << 49);
            for (int node = 0; node < a.Length; node++)
            {
                a[node] = (long)Rounding.DivNear(Math.BigMul(forward, nodes.M[node]), RangeNodes.Four);
            }

            Scenarios.Spread(a, spread);
            long b = Any(random, 1, 1L << 54);
            long moneyness = random.Next(4) == 0 ? Any(random, 1, 6L << 32) : random.NextInt64(-6L << 32, (6L << 32) + 1);
            moneyness = random.Next(2) == 0 ? moneyness : -moneyness;
            long[] deviations = [Any(random, Deviation.Min, Deviation.Max), Any(random, Deviation.Min, Deviation.Max), Any(random, Deviation.Min, Deviation.Max)];
            for (int shock = 0; shock < deviations.Length; shock++)
            {
                OptionValues.Fill(a, nodes.Ln, b, moneyness, deviations[shock], shock, expected);
            }

            fill(spread, nodes.ScenarioLn, b, moneyness, deviations, found);
            Assert.Equal(expected[..Scenarios.Count], found[..Scenarios.Count]);
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Fill_EveryCellAndItsEdges_EqualsOneValueAtATime(LaneWidth width)
    {
        // With a deviation of 2³² cells a step of one cell is a step of 2³²/inverse·2¹⁶ of the logarithm: all cells, their first and last places, and what is beyond both ends.
        FillLanes fill = Of(width);
        long[] a = [.. Enumerable.Repeat(1L << 49, Scenarios.Nodes)];
        long[] spread = new long[Scenarios.Lanes];
        Scenarios.Spread(a, spread);
        long[] nodes = new long[Scenarios.Nodes];
        long[] ln = new long[Scenarios.Lanes];
        long[] found = new long[Scenarios.Lanes];
        long[] expected = new long[Scenarios.Lanes];
        const long Deviation = 1L << 32;
        long inverse = Margin.Deviation.Inverse(Deviation);
        for (long cell = -1_200; cell < 1_200; cell++)
        {
            for (int node = 0; node < nodes.Length; node++)
            {
                nodes[node] = (((cell << 32) + (node - 7)) << 16) / inverse;
            }

            Scenarios.Spread(nodes, ln);
            for (int shock = 0; shock < Row.Shocks; shock++)
            {
                OptionValues.Fill(a, nodes, 1L << 50, 0, Deviation, shock, expected);
            }

            fill(spread, ln, 1L << 50, 0, [Deviation, Deviation, Deviation], found);
            Assert.Equal(expected[..Scenarios.Count], found[..Scenarios.Count]);
        }
    }

    /// <summary>Numbers of every length, and the ends themselves.</summary>
    private static long Any(Random random, long least, long most) => random.Next(10) switch
    {
        0 => least,
        1 => most,
        < 6 => Math.Clamp(random.NextInt64() >> random.Next(63), least, most),
        _ => random.NextInt64(least, most + 1),
    };

    private static FillLanes Of(LaneWidth width) => width switch
    {
        LaneWidth.Bits512 => OptionLanes<Lanes512, Vector512<long>>.Fill,
        LaneWidth.Bits256 => OptionLanes<Lanes256, Vector256<long>>.Fill,
        LaneWidth.Bits128 => OptionLanes<Lanes128, Vector128<long>>.Fill,
        _ => OptionLanes<Lanes64, long>.Fill,
    };
}
