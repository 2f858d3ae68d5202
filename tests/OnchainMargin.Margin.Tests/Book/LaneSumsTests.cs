using System.Numerics;

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

    [Theory]
    [InlineData(LaneWidth.Scalar)]
    [InlineData(LaneWidth.Bits128)]
    [InlineData(LaneWidth.Bits256)]
    [InlineData(LaneWidth.Bits512)]
    public void Floor_SizesAndRatesOfTheWholeDomain_EqualsTheQuotientOrIsTooLarge(LaneWidth width)
    {
        var random = new Random(17);
        var chunk = new BookChunk();
        for (int count = 1; count <= BookChunk.PositionsMax; count += 31)
        {
            for (int i = 0; i < count; i++)
            {
                chunk.Positions[i] = (random.NextInt64(1L << 59) - (1L << 58)) >> random.Next(58);
                chunk.Positions[BookChunk.Rates + i] = i % 3 == 0 ? Rounding.One * random.NextInt64(1L << 36) : random.NextInt64() >> random.Next(63);
            }

            BookSums.Of(width).Floor(chunk, count);
            for (int i = 0; i < count; i++)
            {
                BigInteger product = BigInteger.Abs(chunk.Positions[i]) * chunk.Positions[BookChunk.Rates + i];
                BigInteger floor = (product + BigInteger.Pow(10, 16) - 1) / BigInteger.Pow(10, 16);
                long found = chunk.Positions[BookChunk.Floors + i];
                Assert.True(product < BigInteger.Pow(2, 102) ? found == floor : found >= 1L << BookTotals.TermBits, $"{chunk.Positions[i]} by {chunk.Positions[BookChunk.Rates + i]}: {found}");
            }
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(256)]
    [InlineData(14_000_000)]
    [InlineData(100_000_000)]
    [InlineData(31_536_000)]
    [InlineData(99_999_999)]
    public void LaneDivisor_AnyDivisor_IsItsTwosTimesTheRest(long divisor)
    {
        var found = new LaneDivisor(divisor);
        Assert.InRange(found.Twos, 0, LaneDivisor.TwosMost);
        Assert.True(found.Rest.Divisor >= 2);
        Assert.Equal(divisor, found.Rest.Divisor << found.Twos);
    }

    private static int Extreme(Random random, int bits) => random.Next(5) switch
    {
        0 => 1 << bits,
        1 => -(1 << bits),
        2 => -1,
        _ => random.Next(-(1 << bits), 1 << bits),
    };
}
