using System.Buffers;
using System.Text.Json;

namespace OnchainMargin.Ethereum.Node;

/// <summary>Reads and writes the value forms of Ethereum's JSON-RPC.</summary>
internal static class RpcJson
{
    private const int StackDigits = 1024;

    public static T Parse<T>(ReadOnlyMemory<byte> json, string subject, Func<JsonElement, T> read)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 256 });
            return read(document.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new EthereumFormatException($"The node answered {subject} with a value of another form ({exception.Message}); check that the address is an Ethereum node's.", exception);
        }
    }

    public static string Text(JsonElement element, string subject) => element.ValueKind == JsonValueKind.String
        ? element.GetString()!
        : throw new EthereumFormatException($"The node sent a JSON {element.ValueKind} for {subject} where a text belongs; check that the address is an Ethereum node's.");

    public static UInt256 Quantity(JsonElement element, string subject)
    {
        string text = Text(element, subject);
        return text.StartsWith("0x", StringComparison.Ordinal) && UInt256.TryParse(text, out UInt256 value)
            ? value
            : throw new EthereumFormatException($"The node sent '{HexData.Quote(text)}' for {subject} where a hexadecimal quantity belongs; check that the address is an Ethereum node's.");
    }

    public static ulong UInt64(JsonElement element, string subject)
    {
        UInt256 value = Quantity(element, subject);
        return value <= ulong.MaxValue ? (ulong)value : throw new EthereumFormatException($"The node sent {value} for {subject}, which does not fit 64 bits.");
    }

    public static byte[] Bytes(JsonElement element, string subject) => HexData.Decode(Text(element, subject), subject);

    public static Hash32 Hash(JsonElement element, string subject)
    {
        string text = Text(element, subject);
        return Hash32.TryParse(text, out Hash32 value)
            ? value
            : throw new EthereumFormatException($"The node sent '{HexData.Quote(text)}' for {subject} where 32 bytes belong; check that the address is an Ethereum node's.");
    }

    public static Address Address(JsonElement element, string subject) => Ethereum.Address.Parse(Text(element, subject));

    /// <summary>The member when it is there and not null.</summary>
    public static JsonElement? Optional(JsonElement parent, string member) =>
        parent.TryGetProperty(member, out JsonElement value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined) ? value : null;

    public static JsonElement Member(JsonElement parent, string member) =>
        Optional(parent, member) ?? throw new EthereumFormatException($"The node left out the member '{member}'; check that the address is an Ethereum node's.");

    public static void WriteHex(Utf8JsonWriter writer, ReadOnlySpan<byte> bytes)
    {
        int length = 4 + (2 * bytes.Length);
        byte[]? rented = length > StackDigits ? ArrayPool<byte>.Shared.Rent(length) : null;
        Span<byte> text = rented is null ? stackalloc byte[StackDigits] : rented;
        text[0] = (byte)'"';
        text[1] = (byte)'0';
        text[2] = (byte)'x';
        _ = Convert.TryToHexStringLower(bytes, text[3..], out _);
        text[length - 1] = (byte)'"';
        writer.WriteRawValue(text[..length], skipInputValidation: true);
        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}
