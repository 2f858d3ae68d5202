namespace OnchainMargin.Margin.Tests.Book;

/// <summary>Multiplying by a reciprocal gives the quotient for every number below 2⁶².</summary>
public sealed class ReciprocalTests
{
    [Fact]
    public void Divide_MultiplesAndTheirNeighbours_EqualsTheQuotient()
    {
        var random = new Random(3);
        for (int i = 0; i < 20_000; i++)
        {
            long divisor = Math.Max(2, random.NextInt64(1L << 62) >> random.Next(61));
            divisor = (i % 4) switch
            {
                0 => Math.Max(2, 1L << random.Next(62)),
                1 => (1L << random.Next(2, 62)) - 1,
                _ => divisor,
            };
            var reciprocal = new Reciprocal(divisor);
            long most = (1L << Reciprocal.Bits) - 1;
            long multiple = (random.NextInt64() >> random.Next(1, 63)) % (most / divisor) * divisor;
            foreach (long n in new[] { 0, divisor - 1, multiple, Math.Max(0, multiple - 1), most, most / divisor * divisor, (most / divisor * divisor) - 1, random.NextInt64(most) })
            {
                Assert.Equal(n / divisor, WideSum.Divide(n, reciprocal));
            }
        }
    }
}
