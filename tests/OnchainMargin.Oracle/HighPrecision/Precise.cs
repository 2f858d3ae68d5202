using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>Elementary functions from their series in fixed point with 192 binary digits: the references that accuracy is measured against. No floating point decides a digit.</summary>
public static class Precise
{
    /// <summary>Binary digits after the point.</summary>
    public const int Bits = 192;

    /// <summary>1.</summary>
    public static readonly BigInteger One = BigInteger.One << Bits;

    private static readonly BigInteger Pi = 4 * ((4 * InverseTangent(5)) - InverseTangent(239));
    private static readonly BigInteger LnTwo = 2 * InverseHyperbolicTangent(One / 3);
    private static readonly BigInteger InverseRootTwoPi = Divide(One, Root(2 * Pi));

    /// <summary>n/d.</summary>
    public static BigInteger Ratio(BigInteger n, BigInteger d) => (n << Bits) / d;

    /// <summary>a·b.</summary>
    public static BigInteger Multiply(BigInteger a, BigInteger b) => (a * b) >> Bits;

    /// <summary>a/b.</summary>
    public static BigInteger Divide(BigInteger a, BigInteger b) => (a << Bits) / b;

    /// <summary>√a.</summary>
    public static BigInteger Root(BigInteger a) => Integers.Root(a << Bits);

    /// <summary>eˣ: halved to below 2⁻⁸, the exponential series, squared back.</summary>
    public static BigInteger Exp(BigInteger x)
    {
        int halvings = Math.Max(0, (int)BigInteger.Abs(x).GetBitLength() - Bits + 8);
        BigInteger y = x >> halvings;
        BigInteger term = One;
        BigInteger sum = One;
        for (int i = 1; !term.IsZero && i < 200; i++)
        {
            term = Multiply(term, y) / i;
            sum += term;
        }

        for (int i = 0; i < halvings; i++)
        {
            sum = Multiply(sum, sum);
        }

        return sum;
    }

    /// <summary>ln a, a > 0: the power of two taken out, then 2·atanh((m − 1)/(m + 1)).</summary>
    public static BigInteger Ln(BigInteger a)
    {
        int power = (int)a.GetBitLength() - 1 - Bits;
        BigInteger m = power >= 0 ? a >> power : a << -power;
        return (power * LnTwo) + (2 * InverseHyperbolicTangent(Divide(m - One, m + One)));
    }

    /// <summary>Φ(x) from ½ + φ(x)·(x + x³/3 + x⁵/15 + …), whose terms have one sign; beyond 14 deviations 0 or 1.</summary>
    public static BigInteger Normal(BigInteger x)
    {
        BigInteger a = BigInteger.Abs(x);
        if (a > 14 * One)
        {
            return x.Sign < 0 ? 0 : One;
        }

        BigInteger square = Multiply(a, a);
        BigInteger density = Multiply(InverseRootTwoPi, Exp(-(square >> 1)));
        BigInteger term = a;
        BigInteger sum = a;
        for (int k = 1; !term.IsZero; k++)
        {
            term = Multiply(term, square) / ((2 * k) + 1);
            sum += term;
        }

        BigInteger half = Multiply(density, sum);
        return (One >> 1) + (x.Sign < 0 ? -half : half);
    }

    /// <summary>The undiscounted Black-76 call on a forward.</summary>
    /// <param name="forward">Forward.</param>
    /// <param name="strike">Strike.</param>
    /// <param name="deviation">σ√τ.</param>
    public static BigInteger Call(BigInteger forward, BigInteger strike, BigInteger deviation)
    {
        BigInteger d1 = Divide(Ln(Divide(forward, strike)), deviation) + (deviation >> 1);
        return Multiply(forward, Normal(d1)) - Multiply(strike, Normal(d1 - deviation));
    }

    private static BigInteger InverseTangent(int n)
    {
        BigInteger power = One / n;
        BigInteger sum = power;
        for (int k = 1; !power.IsZero; k++)
        {
            power /= n * n;
            sum += (k % 2 == 0 ? power : -power) / ((2 * k) + 1);
        }

        return sum;
    }

    private static BigInteger InverseHyperbolicTangent(BigInteger z)
    {
        BigInteger square = Multiply(z, z);
        BigInteger power = z;
        BigInteger sum = z;
        for (int k = 1; !power.IsZero && k < 2000; k++)
        {
            power = Multiply(power, square);
            sum += power / ((2 * k) + 1);
        }

        return sum;
    }
}
