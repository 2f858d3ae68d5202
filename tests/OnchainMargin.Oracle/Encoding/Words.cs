using System.Numerics;
using static OnchainMargin.Oracle.Integers;

namespace OnchainMargin.Oracle;

/// <summary>Packs fields into 256-bit words, most significant first, and takes them apart.</summary>
public static class Words
{
    /// <summary>One word of fields (value, bits); the rest of the word is zero. A field that does not fit is refused.</summary>
    public static byte[] Word(params (BigInteger Value, int Bits)[] fields)
    {
        BigInteger word = 0;
        int used = 0;
        foreach ((BigInteger value, int bits) in fields)
        {
            if (value < 0 || value >= Two(bits))
            {
                throw new ArgumentOutOfRangeException(nameof(fields), value, $"A field of {bits} bits cannot hold {value}.");
            }

            word = (word << bits) + value;
            used += bits;
        }

        return Bytes(word << (256 - used), 32);
    }

    /// <summary>Two's complement.</summary>
    public static (BigInteger Value, int Bits) Twos(BigInteger value, int bits) => (value < 0 ? value + Two(bits) : value, bits);

    /// <summary>zz(v) of MRG-002.</summary>
    public static BigInteger ZigZag(BigInteger v) => v >= 0 ? 2 * v : (-2 * v) - 1;

    /// <summary>The inverse of <see cref="ZigZag"/>.</summary>
    public static BigInteger UnZigZag(BigInteger z) => z.IsEven ? z / 2 : -((z + 1) / 2);

    /// <summary>Fields of one word by their widths.</summary>
    public static BigInteger[] Fields(ReadOnlySpan<byte> word, params int[] bits)
    {
        BigInteger value = new(word, isUnsigned: true, isBigEndian: true);
        BigInteger[] fields = new BigInteger[bits.Length];
        int used = 0;
        for (int i = 0; i < bits.Length; i++)
        {
            used += bits[i];
            fields[i] = (value >> (256 - used)) & (Two(bits[i]) - 1);
        }

        return fields;
    }

    /// <summary>Big-endian bytes of a given length.</summary>
    public static byte[] Bytes(BigInteger value, int length)
    {
        byte[] bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        byte[] padded = new byte[length];
        bytes.CopyTo(padded, length - bytes.Length);
        return padded;
    }
}
