using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>The arithmetic that "Reading the steps" of spec/margin.md names, without a limit of size.</summary>
public static class Integers
{
    /// <summary>⌊a/b⌋, toward −∞.</summary>
    public static BigInteger Floor(BigInteger a, BigInteger b)
    {
        BigInteger quotient = BigInteger.DivRem(a, b, out BigInteger remainder);
        return remainder.Sign * b.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>⌈a/b⌉, toward +∞.</summary>
    public static BigInteger Ceil(BigInteger a, BigInteger b) => -Floor(-a, b);

    /// <summary>⌊(a + ⌊b/2⌋)/b⌋.</summary>
    public static BigInteger Near(BigInteger a, BigInteger b) => Floor(a + Floor(b, 2), b);

    /// <summary>a held within lo and hi.</summary>
    public static BigInteger Clamp(BigInteger a, BigInteger lo, BigInteger hi) => BigInteger.Max(lo, BigInteger.Min(hi, a));

    /// <summary>⌊√a⌋ by Newton's steps from above.</summary>
    public static BigInteger Root(BigInteger a)
    {
        if (a < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(a), a, "The root of a negative number was asked for.");
        }

        if (a < 2)
        {
            return a;
        }

        BigInteger x = BigInteger.One << (int)((a.GetBitLength() + 1) / 2);
        while (true)
        {
            BigInteger y = (x + (a / x)) >> 1;
            if (y >= x)
            {
                return x;
            }

            x = y;
        }
    }

    /// <summary>2ⁿ.</summary>
    public static BigInteger Two(int n) => BigInteger.One << n;

    /// <summary>10ⁿ.</summary>
    public static BigInteger Ten(int n) => BigInteger.Pow(10, n);
}
