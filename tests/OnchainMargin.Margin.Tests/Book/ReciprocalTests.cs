using System.Runtime.Intrinsics;

namespace OnchainMargin.Margin.Tests.Book;

/// <summary>Multiplying by a reciprocal gives the quotient for every number of 64 bits, at every width.</summary>
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
                0 => 1L << random.Next(1, 63),
                1 => (1L << random.Next(2, 62)) - 1,
                _ => divisor,
            };
            var reciprocal = new Reciprocal(divisor);
            ulong multiple = (ulong)random.NextInt64() % (ulong.MaxValue / (ulong)divisor) * (ulong)divisor;
            ulong last = ulong.MaxValue / (ulong)divisor * (ulong)divisor;
            foreach (ulong n in new ulong[] { 0, (ulong)divisor - 1, multiple, Math.Max(multiple, 1) - 1, ulong.MaxValue, last, last - 1, (ulong)random.NextInt64() * 2 })
            {
                long quotient = (long)(n / (ulong)divisor);
                long number = unchecked((long)n);
                Assert.Equal(quotient, LaneSums<Lanes64, long>.Divide(number, reciprocal));
                Assert.Equal(Vector128.Create(quotient), LaneSums<Lanes128, Vector128<long>>.Divide(Vector128.Create(number), reciprocal));
                Assert.Equal(Vector256.Create(quotient), LaneSums<Lanes256, Vector256<long>>.Divide(Vector256.Create(number), reciprocal));
                Assert.Equal(Vector512.Create(quotient), LaneSums<Lanes512, Vector512<long>>.Divide(Vector512.Create(number), reciprocal));
            }
        }
    }
}
