using System.Numerics;

namespace OnchainMargin.Ethereum.Tests.Values;

/// <summary>Every operation against BigInteger, over the cross product of values where carries, signs and words change.</summary>
public sealed class UInt256Tests
{
    private static readonly BigInteger Modulus = BigInteger.One << 256;

    private static readonly BigInteger[] Edges =
    [
        .. ((int[])[0, 8, 31, 32, 63, 64, 65, 127, 128, 129, 191, 192, 254, 255, 256])
            .SelectMany(static bit => (BigInteger[])[(BigInteger.One << bit) - 1, BigInteger.One << bit, (BigInteger.One << bit) + 1])
            .Append(BigInteger.Parse("123456789012345678901234567890123456789012345678901234567890"))
            .Where(static value => value >= 0 && value < Modulus)
            .Distinct(),
    ];

    [Fact]
    public void Arithmetic_OnEdges_IsBigIntegersOrOverflows()
    {
        foreach (BigInteger a in Edges)
        {
            foreach (BigInteger b in Edges)
            {
                var x = (UInt256)a;
                var y = (UInt256)b;
                Check(a + b, () => x + y);
                Check(a - b, () => x - y);
                Check(a * b, () => x * y);
                if (!b.IsZero)
                {
                    Assert.Equal(a / b, (BigInteger)(x / y));
                    Assert.Equal(a % b, (BigInteger)(x % y));
                }

                Assert.Equal(a.CompareTo(b), Math.Sign(x.CompareTo(y)));
                Assert.Equal(a == b, x == y);
                Assert.Equal(a & b, (BigInteger)(x & y));
                Assert.Equal(a | b, (BigInteger)(x | y));
                Assert.Equal(a ^ b, (BigInteger)(x ^ y));
            }
        }
    }

    [Fact]
    public void ShiftsAndForms_OnEdges_AreBigIntegers()
    {
        foreach (BigInteger a in Edges)
        {
            var x = (UInt256)a;
            foreach (int shift in (int[])[0, 1, 63, 64, 127, 128, 129, 255, 256])
            {
                Assert.Equal((a << shift) % Modulus, (BigInteger)(x << shift));
                Assert.Equal(a >> shift, (BigInteger)(x >> shift));
            }

            Assert.Equal(a.ToString(), x.ToString());
            Assert.Equal(x, UInt256.Parse(a.ToString()));
            Assert.Equal(x, UInt256.Parse(x.ToQuantity()));
            Assert.Equal((int)a.GetBitLength(), x.BitLength);
            Assert.Equal(x, x.ToHash32().ToUInt256());
            Assert.Equal(Modulus - 1 - a, (BigInteger)(~x));
        }
    }

    [Fact]
    public void SignedForms_OnEdges_AreBigIntegers()
    {
        BigInteger[] signed = [.. Edges.Where(static value => value.GetBitLength() <= 255).SelectMany(static value => (BigInteger[])[value, -value, -value - 1])];
        foreach (BigInteger a in signed)
        {
            var x = (Int256)a;
            Assert.Equal(a, (BigInteger)x);
            Assert.Equal(a.Sign < 0, x.IsNegative);
            Assert.Equal(x, Int256.Parse(a.ToString()));
            Assert.Equal(x, Int256.FromBits(x.ToBits()));
            if (a.GetBitLength() <= 127)
            {
                Assert.Equal(x, (Int256)(Int128)x);
            }
            else
            {
                Assert.Throws<OverflowException>(() => (Int128)x);
            }
        }

        Assert.Throws<OverflowException>(() => (Int256)(BigInteger.One << 255));
        Assert.Throws<OverflowException>(() => -Int256.MinValue);
        Assert.Throws<OverflowException>(() => Int256.MaxValue + 1);
    }

    [Fact]
    public void Narrowing_OfWhatDoesNotFit_Overflows()
    {
        Assert.Throws<OverflowException>(() => (ulong)((UInt256)ulong.MaxValue + UInt256.One));
        Assert.Throws<OverflowException>(() => (UInt128)(UInt256.One << 128));
        Assert.Throws<OverflowException>(() => (UInt256)(-1));
        Assert.Throws<OverflowException>(() => (UInt256)Modulus);
        Assert.Equal(ulong.MaxValue, (ulong)(UInt256)ulong.MaxValue);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1e5")]
    [InlineData("0x")]
    [InlineData("0xg")]
    [InlineData("115792089237316195423570985008687907853269984665640564039457584007913129639936")]
    [InlineData("0x10000000000000000000000000000000000000000000000000000000000000000")]
    public void Parse_OfNoNumber_Refuses(string text) => Assert.Throws<EthereumFormatException>(() => UInt256.Parse(text));

    private static void Check(BigInteger expected, Func<UInt256> compute)
    {
        if (expected.Sign < 0 || expected >= Modulus)
        {
            Assert.Throws<OverflowException>(() => compute());
        }
        else
        {
            Assert.Equal(expected, (BigInteger)compute());
        }
    }
}
