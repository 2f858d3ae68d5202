using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;

namespace OnchainMargin.Ethereum;

/// <content>Reading and writing text.</content>
public readonly partial struct UInt256
{
    private const int LongestDecimal = 78;

    /// <summary>Reads a decimal number, or a hexadecimal one with 0x before it.</summary>
    /// <exception cref="EthereumFormatException">Thrown when the text is no such number or does not fit.</exception>
    public static UInt256 Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryParse(text, out UInt256 value)
            ? value
            : throw new EthereumFormatException($"The number '{HexData.Quote(text)}' is not an unsigned 256-bit integer: write decimal digits, or 0x and up to 64 hexadecimal digits.");
    }

    /// <summary>Reads a number like <see cref="Parse"/>; false when the text is no such number.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out UInt256 value)
    {
        value = default;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            return TryParseHex(text.AsSpan(2), out value);
        }

        if (text.Length > LongestDecimal || text.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            return false;
        }

        var big = BigInteger.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
        if (big.GetBitLength() > 256)
        {
            return false;
        }

        value = (UInt256)big;
        return true;
    }

    /// <summary>The number as a JSON-RPC quantity: 0x and no leading zeros.</summary>
    public string ToQuantity() =>
        _upper == 0
            ? string.Create(CultureInfo.InvariantCulture, $"0x{_lower:x}")
            : string.Create(CultureInfo.InvariantCulture, $"0x{_upper:x}{_lower:x32}");

    private static bool TryParseHex(ReadOnlySpan<char> digits, out UInt256 value)
    {
        value = default;
        if (digits.IsEmpty || digits.Length > 64)
        {
            return false;
        }

        ReadOnlySpan<char> low = digits.Length > 32 ? digits[^32..] : digits;
        ReadOnlySpan<char> high = digits.Length > 32 ? digits[..^32] : "0";
        if (!UInt128.TryParse(low, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 lower)
            || !UInt128.TryParse(high, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 upper))
        {
            return false;
        }

        value = new UInt256(upper, lower);
        return true;
    }
}
