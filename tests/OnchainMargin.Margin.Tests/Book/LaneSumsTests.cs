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
        int[] time = [.. Enumerable.Range(0, Rows * BookUnderlying.ShortStride).Select(i => i % 40 >= Scenarios.Count ? 0 : Extreme(random, BookUnderlying.ShortBits))];
        BookSums scalar = BookSums.Of(LaneWidth.Scalar);
        BookSums wide = BookSums.Of(width);
        for (int count = 0; count <= 192; count++)
        {
            int cut = count % 5;
            int[] rows = [.. Enumerable.Range(0, count).Select(_ => random.Next(Rows))];
            long[] sizes = [.. Enumerable.Range(0, count).Select(_ => (long)Extreme(random, 20) << cut)];
            int[] narrow = [.. Enumerable.Range(0, count).Where(_ => count % 3 > 0 && random.Next(3) == 0)];
            long[] expected = new long[BookSums.Lanes];
            long[] found = new long[BookSums.Lanes];
            long[] expectedExact = new long[BookSums.Lanes];
            long[] foundExact = new long[BookSums.Lanes];
            Assert.Equal(scalar.Weigh(table, time, rows, sizes, cut, narrow, expected, expectedExact), wide.Weigh(table, time, rows, sizes, cut, narrow, found, foundExact));
            Assert.Equal(expected, found);
            Assert.Equal(expectedExact, foundExact);
            for (int s = 0; s < Scenarios.Count; s++)
            {
                long sum = rows.Zip(sizes, (row, size) => table[(row * 40) + s] * (size >> cut)).Sum();
                Assert.Equal(Scenarios.Weights[s] * sum, found[s]);
                Assert.True(narrow.Length == 0 || foundExact[s] == Scenarios.Weights[s] * (sum - narrow.Sum(i => time[(rows[i] * 40) + s] * (sizes[i] >> cut))));
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
