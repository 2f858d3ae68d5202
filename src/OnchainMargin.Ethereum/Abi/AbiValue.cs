using System.Collections;
using System.Globalization;
using System.Numerics;

namespace OnchainMargin.Ethereum.Abi;

/// <summary>Brings a value of any accepted form into the one form that the codec works with.</summary>
internal static class AbiValue
{
    public static object[] NormaliseMembers(IReadOnlyList<AbiParameter> parameters, IReadOnlyList<object> values)
    {
        if (values.Count != parameters.Count)
        {
            throw new EthereumFormatException($"{values.Count} values were given for {parameters.Count} parameters ({string.Join(',', parameters.Select(static p => p.Type.Canonical))}); give one for each.");
        }

        var plain = new object[values.Count];
        for (int i = 0; i < plain.Length; i++)
        {
            plain[i] = Normalise(parameters[i].Type, values[i]);
        }

        return plain;
    }

    public static object Normalise(AbiType type, object value)
    {
        try
        {
            return type.Kind switch
            {
                AbiKind.UnsignedInteger => AbiRange.RequireUInt256((UInt256)Number(value), type.Size),
                AbiKind.SignedInteger => AbiRange.RequireInt256((Int256)Number(value), type.Size),
                AbiKind.Boolean => (bool)value,
                AbiKind.Address => value as Address? ?? Address.Parse((string)value),
                AbiKind.FixedBytes => FixedBytes(value, type.Size),
                AbiKind.Bytes => value as byte[] ?? HexData.Decode((string)value),
                AbiKind.Text => (string)value,
                AbiKind.Tuple => NormaliseMembers(type.Components, List(value)),
                _ => NormaliseArray(type, List(value)),
            };
        }
        catch (Exception exception) when (exception is InvalidCastException or OverflowException or FormatException)
        {
            string shown = HexData.Quote(value?.ToString() ?? "null");
            throw new EthereumFormatException($"The value '{shown}' cannot be written as {HexData.Quote(type.Canonical)}; give a value of that type and range.", exception);
        }
    }

    private static object[] NormaliseArray(AbiType type, IReadOnlyList<object> values)
    {
        if (type.Kind == AbiKind.FixedArray)
        {
            AbiRange.RequireLength(values.Count, type.Size);
        }

        return [.. values.Select(value => Normalise(type.Element!, value))];
    }

    private static Hash32 FixedBytes(object value, int size)
    {
        if (value is Hash32 word)
        {
            return AbiRange.RequireFixedBytes(word, size);
        }

        byte[] bytes = value as byte[] ?? HexData.Decode((string)value);
        return bytes.Length == size
            ? Hash32.LeftAligned(bytes)
            : throw new EthereumFormatException($"A bytes{size} was given {bytes.Length} bytes; give exactly {size}.");
    }

    private static IReadOnlyList<object> List(object value) => value switch
    {
        IReadOnlyList<object> list => list,
        IList list => [.. list.Cast<object>()],
        _ => throw new InvalidCastException("A list belongs here."),
    };

    private static BigInteger Number(object value) => value switch
    {
        UInt256 number => number,
        Int256 number => number,
        BigInteger number => number,
        UInt128 number => number,
        Int128 number => number,
        byte or sbyte or short or ushort or int or uint or long or ulong => new BigInteger(Convert.ToDecimal(value, CultureInfo.InvariantCulture)),
        string text when text.StartsWith("0x", StringComparison.Ordinal) => UInt256.Parse(text),
        string text when text.StartsWith("-0x", StringComparison.Ordinal) => -(BigInteger)UInt256.Parse(text[1..]),
        string text when text.Length <= 80 => BigInteger.Parse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture),
        _ => throw new InvalidCastException("A number belongs here."),
    };
}
