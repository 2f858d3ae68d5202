using System.Numerics;

namespace OnchainMargin.Margin;

/// <summary>Quotients whose product may pass 128 bits; divisors above zero.</summary>
internal static class Wide
{
    /// <summary>⌊a·b/c⌋.</summary>
    internal static Int128 MulDivFloor(Int128 a, Int128 b, Int128 c)
    {
        BigInteger q = BigInteger.DivRem((BigInteger)a * b, c, out BigInteger rest);
        return (Int128)(rest < 0 ? q - 1 : q);
    }

    /// <summary>⌈a·b/c⌉.</summary>
    internal static Int128 MulDivCeil(Int128 a, Int128 b, Int128 c) => -MulDivFloor(-a, b, c);

    /// <summary>a·b/c toward zero.</summary>
    internal static Int128 MulDivTrunc(Int128 a, Int128 b, Int128 c) => (Int128)((BigInteger)a * b / c);
}
