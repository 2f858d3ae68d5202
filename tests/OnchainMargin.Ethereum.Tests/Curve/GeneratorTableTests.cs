using OnchainMargin.Ethereum.Curve;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;
using Org.BouncyCastle.Math.EC.Multiplier;

namespace OnchainMargin.Ethereum.Tests.Curve;

public sealed class GeneratorTableTests
{
    [Fact]
    public void Multiply_OfEveryDigitAndOfTheEdges_IsTheLibrarysOwnMultiple()
    {
        ECPoint generator = ManagedSecp256k1.Generator;
        BigInteger order = ManagedSecp256k1.N;
        BigInteger ones = new(new string('1', 64), 16);
        var random = new Random(7);
        IEnumerable<BigInteger> numbers =
        [
            BigInteger.One, BigInteger.Two, order.Subtract(BigInteger.One), order.ShiftRight(1), ones.Mod(order), ones.Add(BigInteger.One), ones.Subtract(BigInteger.One),
            .. Enumerable.Range(0, 64).SelectMany(digit => Enumerable.Range(1, 15).Select(value => BigInteger.ValueOf(value).ShiftLeft(4 * digit).Mod(order))),
            .. Enumerable.Range(0, 100).Select(_ => Random(random).Mod(order)),
        ];
        foreach (BigInteger number in numbers)
        {
            Assert.True(new FixedPointCombMultiplier().Multiply(generator, number).Equals(GeneratorTable.Multiply(number)), number.ToString(16));
        }

        Assert.True(GeneratorTable.Multiply(BigInteger.Zero).IsInfinity);
    }

    private static BigInteger Random(Random random)
    {
        var bytes = new byte[32];
        random.NextBytes(bytes);
        return new BigInteger(1, bytes);
    }
}
