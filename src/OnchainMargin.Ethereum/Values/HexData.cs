using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace OnchainMargin.Ethereum;

/// <summary>Bytes written in hex with 0x before them, as JSON-RPC writes data.</summary>
public static class HexData
{
    private const int QuotedLength = 80;

    /// <summary>Writes bytes as lower-case hex with 0x before them.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? "0x" : string.Concat("0x", Convert.ToHexStringLower(bytes));

    /// <summary>Reads hex with 0x before it into a new array.</summary>
    /// <param name="text">The text; its digits must be even in number.</param>
    /// <param name="subject">What the text is, for the error's sentence.</param>
    /// <exception cref="EthereumFormatException">Thrown when the text is not hex.</exception>
    public static byte[] Decode(string text, string subject = "data")
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryDecode(text, out byte[]? bytes)
            ? bytes
            : throw new EthereumFormatException($"The {subject} '{Quote(text)}' is not hex: write 0x and an even number of hexadecimal digits.");
    }

    /// <summary>Reads hex with 0x before it into a new array; false when the text is not that.</summary>
    public static bool TryDecode([NotNullWhen(true)] string? text, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        if (text is null || !HasPrefix(text) || (text.Length & 1) != 0)
        {
            return false;
        }

        var result = new byte[(text.Length - 2) / 2];
        if (Convert.FromHexString(text.AsSpan(2), result, out _, out _) != OperationStatus.Done)
        {
            return false;
        }

        bytes = result;
        return true;
    }

    /// <summary>Quotes a text of unknown origin for a message: long texts are cut, control characters become dots.</summary>
    public static string Quote(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string cut = text.Length <= QuotedLength ? text : string.Concat(text.AsSpan(0, QuotedLength), "…");
        return string.Create(cut.Length, cut, static (target, source) =>
        {
            for (int i = 0; i < source.Length; i++)
            {
                target[i] = char.IsControl(source[i]) ? '.' : source[i];
            }
        });
    }

    internal static void Decode(string text, Span<byte> destination, string subject)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!TryDecode(text, destination))
        {
            throw new EthereumFormatException($"The {subject} '{Quote(text)}' is not 0x and {destination.Length * 2} hexadecimal digits; check for missing or mistyped digits.");
        }
    }

    internal static bool TryDecode([NotNullWhen(true)] string? text, Span<byte> destination) =>
        text is not null
        && text.Length == 2 + (destination.Length * 2)
        && HasPrefix(text)
        && Convert.FromHexString(text.AsSpan(2), destination, out _, out int written) == OperationStatus.Done
        && written == destination.Length;

    internal static void EncodeDigits(ReadOnlySpan<byte> bytes, Span<byte> digits)
    {
        ReadOnlySpan<byte> alphabet = "0123456789abcdef"u8;
        for (int i = 0; i < bytes.Length; i++)
        {
            digits[2 * i] = alphabet[bytes[i] >> 4];
            digits[(2 * i) + 1] = alphabet[bytes[i] & 15];
        }
    }

    private static bool HasPrefix(string text) => text.Length >= 2 && text[0] == '0' && (text[1] | 32) == 'x';
}
