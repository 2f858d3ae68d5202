namespace OnchainMargin.Ethereum.Abi;

/// <summary>Holds values against the width of the Solidity type they are to be written as.</summary>
public static class AbiRange
{
    /// <summary>Gives the value back when it fits the unsigned width.</summary>
    public static ulong RequireUInt64(ulong value, int bits) => value >> bits == 0 ? value : throw TooWide(value, bits, "uint");

    /// <summary>Gives the value back when it fits the signed width.</summary>
    public static long RequireInt64(long value, int bits) => value >> (bits - 1) is 0 or -1 ? value : throw TooWide(value, bits, "int");

    /// <summary>Gives the value back when it fits the unsigned width.</summary>
    public static UInt128 RequireUInt128(UInt128 value, int bits) => value >> bits == 0 ? value : throw TooWide(value, bits, "uint");

    /// <summary>Gives the value back when it fits the signed width.</summary>
    public static Int128 RequireInt128(Int128 value, int bits) =>
        value >> (bits - 1) == 0 || value >> (bits - 1) == -1 ? value : throw TooWide(value, bits, "int");

    /// <summary>Gives the value back when it fits the unsigned width.</summary>
    public static UInt256 RequireUInt256(UInt256 value, int bits) => value.BitLength <= bits ? value : throw TooWide(value, bits, "uint");

    /// <summary>Gives the value back when it fits the signed width.</summary>
    public static Int256 RequireInt256(Int256 value, int bits)
    {
        UInt256 magnitude = value.IsNegative ? ~value.ToBits() : value.ToBits();
        return magnitude.BitLength < bits ? value : throw TooWide(value, bits, "int");
    }

    /// <summary>Gives the value back when nothing stands behind its first bytes.</summary>
    public static Hash32 RequireFixedBytes(Hash32 value, int size) =>
        (value.ToUInt256() << (8 * size)).IsZero
            ? value
            : throw new EthereumFormatException($"The value {value} does not fit bytes{size}; its bytes behind the first {size} must be zero.");

    /// <summary>Checks the number of elements of a fixed-size array.</summary>
    public static void RequireLength(int actual, int expected)
    {
        if (actual != expected)
        {
            throw new EthereumFormatException($"A fixed-size array of {expected} elements was given {actual}; give exactly {expected}.");
        }
    }

    private static EthereumFormatException TooWide(object value, int bits, string type) =>
        new($"The number {value} does not fit {type}{bits}; give a smaller one.");
}
