using Org.BouncyCastle.Math;
using Org.BouncyCastle.Math.EC;

namespace OnchainMargin.Ethereum.Curve;

/// <summary>
/// Multiples of secp256k1's generator by additions alone: for each of a number's 64 hexadecimal digits the table holds one to sixteen times that digit's weight. Every multiple takes the same 64 additions, and BouncyCastle's lookup
/// reads the whole row whatever the digit is, so that neither how many there are nor what is read of the table tells a digit. The arithmetic beneath (numbers and field of BouncyCastle) does not promise the same time for
/// every value: where others can time a signer closely, libsecp256k1 is the answer.
/// </summary>
internal static class GeneratorTable
{
    private const int DigitBits = 4;
    private const int DigitValues = 1 << DigitBits;
    private const int Digits = 256 / DigitBits;

    /// <summary>What one time each weight adds up to: taken off first, so that a digit of nought needs no point at infinity.</summary>
    private static readonly BigInteger Excess = Enumerable.Range(0, Digits).Aggregate(BigInteger.Zero, static (sum, i) => sum.SetBit(i * DigitBits)).Mod(ManagedSecp256k1.N);

    private static readonly ECLookupTable[] Rows = Build();

    /// <summary>The generator times a number below its order.</summary>
    public static ECPoint Multiply(BigInteger number)
    {
        byte[] digits = number.Subtract(Excess).Mod(ManagedSecp256k1.N).ToByteArrayUnsigned();
        ECPoint sum = ManagedSecp256k1.Generator.Curve.Infinity;
        for (int i = 0; i < Digits; i++)
        {
            int at = digits.Length - 1 - (i / 2);
            int pair = at < 0 ? 0 : digits[at];
            sum = sum.Add(Rows[i].Lookup((i & 1) == 0 ? pair & (DigitValues - 1) : pair >> DigitBits));
        }

        return sum;
    }

    private static ECLookupTable[] Build()
    {
        ECCurve curve = ManagedSecp256k1.Generator.Curve;
        var points = new ECPoint[Digits * DigitValues];
        ECPoint weight = ManagedSecp256k1.Generator;
        for (int i = 0; i < Digits; i++)
        {
            ECPoint multiple = weight;
            for (int j = 0; j < DigitValues; j++)
            {
                points[(i * DigitValues) + j] = multiple;
                multiple = multiple.Add(weight);
            }

            weight = weight.TimesPow2(DigitBits);
        }

        curve.NormalizeAll(points);
        return [.. Enumerable.Range(0, Digits).Select(i => curve.CreateCacheSafeLookupTable(points, i * DigitValues, DigitValues))];
    }
}
