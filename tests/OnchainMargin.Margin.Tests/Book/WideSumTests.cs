using System.Numerics;

namespace OnchainMargin.Margin.Tests.Book;

/// <summary>Quotients of sums of two words are those of whole numbers, wherever they fit one.</summary>
public sealed class WideSumTests
{
    private static readonly BigInteger One = 100_000_000;

    [Fact]
    public void FloorOneAndCeilOne_OfAnyProduct_AreTheQuotientWhereItFitsAWord()
    {
        var random = new Random(7);
        for (int i = 0; i < 50_000; i++)
        {
            long a = Magnitude(random);
            long b = Magnitude(random);
            BigInteger product = (BigInteger)a * b;
            var sum = WideSum.Product(a, b);

            Assert.Equal(Fitting(product / One), sum.FloorOne());
            Assert.Equal(Fitting((product + One - 1) / One), sum.CeilOne());
        }
    }

    /// <summary>Coins for half a million are no case for the engine of single accounts: 200 ether at 2,500.</summary>
    [Theory]
    [InlineData(20_000_000_000, 250_000_000_000, 50_000_000_000_000)]
    [InlineData(9_007_199_254_740_992, 281_474_976_710_656, long.MaxValue)]
    public void FloorOne_OfCoinsAtAPrice_IsTheirValue(long sizeE8, long spotE8, long valueE8) => Assert.Equal(valueE8, WideSum.Product(sizeE8, spotE8).FloorOne());

    private static long Fitting(BigInteger quotient) => quotient <= long.MaxValue ? (long)quotient : long.MaxValue;

    private static long Magnitude(Random random) => random.Next(8) == 0 ? long.MaxValue : random.NextInt64() >> random.Next(63);
}
