using System.Text;

namespace OnchainMargin.Ethereum.Abi;

/// <summary>Solidity's <c>abi.encodePacked</c>: no offsets, no lengths, no padding except inside arrays. Different values can give the same bytes, so hash it only where the types leave no doubt.</summary>
public static class AbiPacked
{
    /// <summary>Encodes values of the given types, which may be simple types and arrays of them.</summary>
    /// <exception cref="EthereumFormatException">Thrown when a value does not fit its type, or the type cannot be packed.</exception>
    public static byte[] Encode(IReadOnlyList<AbiType> types, params IReadOnlyList<object> values)
    {
        ArgumentNullException.ThrowIfNull(types);
        AbiParameter[] parameters = [.. types.Select(static type => new AbiParameter("", type))];
        object[] plain = AbiValue.NormaliseMembers(parameters, values);
        using var output = new MemoryStream();
        for (int i = 0; i < plain.Length; i++)
        {
            Write(output, types[i], plain[i], isElement: false);
        }

        return output.ToArray();
    }

    private static void Write(MemoryStream output, AbiType type, object value, bool isElement)
    {
        switch (type.Kind)
        {
            case AbiKind.Array or AbiKind.FixedArray:
                foreach (object element in (object[])value)
                {
                    Write(output, type.Element!, element, isElement: true);
                }

                break;
            case AbiKind.Bytes when !isElement:
                output.Write((byte[])value);
                break;
            case AbiKind.Text when !isElement:
                output.Write(Encoding.UTF8.GetBytes((string)value));
                break;
            case AbiKind.Bytes or AbiKind.Text or AbiKind.Tuple:
                throw new EthereumFormatException($"The type '{HexData.Quote(type.Canonical)}' cannot be packed there; use the standard encoding.");
            default:
                WriteWord(output, type, value, isElement);
                break;
        }
    }

    private static void WriteWord(MemoryStream output, AbiType type, object value, bool isElement)
    {
        byte[] word = AbiCodec.Encode([new AbiParameter("", type)], value);
        int size = type.Kind switch
        {
            AbiKind.Boolean => 1,
            AbiKind.UnsignedInteger or AbiKind.SignedInteger => type.Size / 8,
            _ => type.Size,
        };
        output.Write(isElement ? word : type.Kind == AbiKind.FixedBytes ? word.AsSpan(0, size) : word.AsSpan(32 - size));
    }
}
