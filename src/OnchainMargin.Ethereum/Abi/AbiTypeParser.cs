using System.Globalization;

namespace OnchainMargin.Ethereum.Abi;

/// <summary>Reads type names: <c>uint256</c>, <c>bytes4[2][]</c>, <c>(address,(uint8,string)[])</c>.</summary>
public static class AbiTypeParser
{
    /// <summary>The deepest nesting of tuples and arrays.</summary>
    public const int DeepestNesting = 64;

    /// <summary>Reads a type name; tuples in parentheses.</summary>
    /// <exception cref="EthereumFormatException">Thrown when the text is no type.</exception>
    public static AbiType Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var cursor = new SignatureCursor(text);
        AbiType type = cursor.ReadType();
        cursor.RequireEnd();
        return type;
    }

    /// <summary>Reads a simple type name such as <c>uint64</c>; null when there is none of that name.</summary>
    internal static AbiType? ParseSimple(string name) => name switch
    {
        "bool" => AbiType.Simple(AbiKind.Boolean, 1, name),
        "address" => AbiType.Simple(AbiKind.Address, 20, name),
        "string" => AbiType.Simple(AbiKind.Text, 0, name),
        "bytes" => AbiType.Simple(AbiKind.Bytes, 0, name),
        "function" => AbiType.Simple(AbiKind.FixedBytes, 24, name),
        "uint" => AbiType.Simple(AbiKind.UnsignedInteger, 256, "uint256"),
        "int" => AbiType.Simple(AbiKind.SignedInteger, 256, "int256"),
        _ when Width(name, "uint") is var bits and > 0 and <= 256 && bits % 8 == 0 => AbiType.Simple(AbiKind.UnsignedInteger, bits, name),
        _ when Width(name, "int") is var bits and > 0 and <= 256 && bits % 8 == 0 => AbiType.Simple(AbiKind.SignedInteger, bits, name),
        _ when Width(name, "bytes") is var size and > 0 and <= 32 => AbiType.Simple(AbiKind.FixedBytes, size, name),
        _ => null,
    };

    /// <summary>Puts array suffixes such as <c>[2][]</c> onto a type.</summary>
    internal static AbiType WithSuffixes(AbiType type, string suffixes)
    {
        var cursor = new SignatureCursor(suffixes);
        type = cursor.ReadSuffixes(type);
        cursor.RequireEnd();
        return type;
    }

    private static int Width(string name, string prefix) =>
        name.StartsWith(prefix, StringComparison.Ordinal)
        && name.Length > prefix.Length
        && name[prefix.Length] != '0'
        && int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int width)
            ? width
            : 0;
}
