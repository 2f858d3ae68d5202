namespace OnchainMargin.Margin.Tests.Book;

/// <summary>Every width of vectors gives the numbers of the scalar one, for every count of positions.</summary>
public sealed class LaneSumsTests
{
    private const int Rows = 50;

    public static TheoryData<LaneWidth> Widths => [LaneWidth.Bits128, LaneWidth.Bits256, LaneWidth.Bits512];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Sums_EveryCountOfPositions_EqualTheScalarOnes(LaneWidth width)
    {
        var random = new Random(11);
        int[] table = [.. Enumerable.Range(0, Rows * BookUnderlying.ShortStride).Select(i => i % 40 >= Scenarios.Count ? 0 : Extreme(random, BookUnderlying.ShortBits))];
        BookSums scalar = BookSums.Of(LaneWidth.Scalar);
        BookSums wide = BookSums.Of(width);
        for (int count = 0; count <= 192; count++)
        {
            int[] rows = [.. Enumerable.Range(0, count).Select(_ => random.Next(Rows))];
            long[] sizes = [.. Enumerable.Range(0, count).Select(_ => (long)Extreme(random, 20))];
            long[] expected = new long[BookSums.Lanes];
            long[] found = new long[BookSums.Lanes];
            Assert.Equal(scalar.Weigh(table, rows, sizes, expected), wide.Weigh(table, rows, sizes, found));
            Assert.Equal(expected, found);
            for (int s = 0; s < Scenarios.Count; s++)
            {
                Assert.Equal(Scenarios.Weights[s] * rows.Zip(sizes, (row, size) => table[(row * 40) + s] * size).Sum(), found[s]);
            }

            Assert.Equal(expected.Min(), wide.Least(found));
            long limit = expected[random.Next(Scenarios.Count)];
            Assert.Equal(scalar.AtMost(expected, limit), wide.AtMost(found, limit));
            scalar.Join(expected, [.. expected], count % 64);
            wide.Join(found, [.. found], count % 64);
            Assert.Equal(expected, found);
        }
    }

    private static int Extreme(Random random, int bits) => random.Next(5) switch
    {
        0 => 1 << bits,
        1 => -(1 << bits),
        2 => -1,
        _ => random.Next(-(1 << bits), 1 << bits),
    };
}
