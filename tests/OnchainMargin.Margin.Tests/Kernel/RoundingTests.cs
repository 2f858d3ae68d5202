using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using OnchainMargin.Margin.Tests.Encoding;

namespace OnchainMargin.Margin.Tests.KernelTests;

public sealed class RoundingTests
{
    private static readonly Gen<(Int128 A, long B)> Pairs =
        from a in EncodingGenerators.Signed(126)
        from b in EncodingGenerators.Unsigned(62)
        select (a, b + 1);

    [Fact]
    public void DivFloor_Any_EqualsBigInteger() => Check.QuickThrowOnFailure(Prop.ForAll(Pairs.ToArbitrary(), p => (BigInteger)Rounding.DivFloor(p.A, p.B) == Floor(p.A, p.B)));

    [Fact]
    public void DivCeil_Any_EqualsBigInteger() => Check.QuickThrowOnFailure(Prop.ForAll(Pairs.ToArbitrary(), p => (BigInteger)Rounding.DivCeil(p.A, p.B) == -Floor(-(BigInteger)p.A, p.B)));

    [Fact]
    public void DivNear_Any_EqualsBigInteger() => Check.QuickThrowOnFailure(Prop.ForAll(Pairs.ToArbitrary(), p => (BigInteger)Rounding.DivNear(p.A, p.B) == Floor((BigInteger)p.A + (p.B / 2), p.B)));

    [Fact]
    public void DivFloor_WideDivisor_EqualsBigInteger()
    {
        Gen<(Int128, Int128)> pairs = EncodingGenerators.Signed(126).SelectMany(_ => EncodingGenerators.Signed(100), (a, b) => (a, Int128.Abs(b) + 1));
        Check.QuickThrowOnFailure(Prop.ForAll(pairs.ToArbitrary(), p => (BigInteger)Rounding.DivFloor(p.Item1, p.Item2) == Floor(p.Item1, p.Item2)));
    }

    [Fact]
    public void DivFloor_BoundaryCross_EqualsBigInteger()
    {
        long[] divisors = [1, 2, 3, uint.MaxValue, 1L << 32, (1L << 32) + 1, long.MaxValue - 1, long.MaxValue, 100_000_000, 24];
        Int128[] numbers = [0, 1, -1, long.MaxValue, long.MinValue, ulong.MaxValue, (Int128)ulong.MaxValue + 1, Int128.MaxValue, -Int128.MaxValue, (Int128)1 << 96];
        foreach (long b in divisors)
        {
            foreach (Int128 a in numbers)
            {
                Assert.Equal(Floor(a, b), (BigInteger)Rounding.DivFloor(a, b));
            }
        }
    }

    [Fact]
    public void Isqrt_Any_IsFloorOfTheRoot() => Check.QuickThrowOnFailure(Prop.ForAll(EncodingGenerators.Signed(127).Select(v => (UInt128)Int128.Abs(v)).ToArbitrary(), IsRoot));

    [Fact]
    public void Isqrt_AroundSquares_IsExact()
    {
        for (int bits = 0; bits < 63; bits++)
        {
            foreach (ulong root in (ulong[])[1UL << bits, (1UL << bits) + 1, (2UL << bits) - 1])
            {
                UInt128 square = (UInt128)root * root;
                Assert.Equal(root, OnchainMargin.Margin.Kernel.Isqrt(square));
                Assert.Equal(root - 1, OnchainMargin.Margin.Kernel.Isqrt(square - 1));
                Assert.Equal(root, OnchainMargin.Margin.Kernel.Isqrt(square + root));
            }
        }

        Assert.Equal(0UL, OnchainMargin.Margin.Kernel.Isqrt(0));
    }

    private static bool IsRoot(UInt128 a)
    {
        BigInteger root = OnchainMargin.Margin.Kernel.Isqrt(a);
        return root * root <= a && (root + 1) * (root + 1) > a;
    }

    private static BigInteger Floor(BigInteger a, BigInteger b)
    {
        BigInteger q = BigInteger.DivRem(a, b, out BigInteger rest);
        return rest < 0 ? q - 1 : q;
    }
}
