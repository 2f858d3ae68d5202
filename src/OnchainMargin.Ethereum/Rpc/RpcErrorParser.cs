using System.Text.Json;

namespace OnchainMargin.Ethereum.Rpc;

/// <summary>Reads the error object of a reply. Nodes put revert data into <c>data</c> as hex, or into an object inside it, or behind the word "Reverted".</summary>
internal static class RpcErrorParser
{
    private const int LongestMessage = 500;
    private const int DeepestData = 4;

    public static RpcError? Read(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = 256 });
        JsonElement root = document.RootElement;
        if (root.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            return new RpcError(0, HexData.Quote(root.ToString()), null);
        }

        long code = root.TryGetProperty("code", out JsonElement number) && number.ValueKind == JsonValueKind.Number && number.TryGetInt64(out long value) ? value : 0;
        string message = root.TryGetProperty("message", out JsonElement text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "no message";
        message = message.Length > LongestMessage ? string.Concat(message.AsSpan(0, LongestMessage), "…") : message;
        return new RpcError(code, message, root.TryGetProperty("data", out JsonElement data) ? FindData(data, 0) : null);
    }

    private static byte[]? FindData(JsonElement data, int depth)
    {
        if (data.ValueKind == JsonValueKind.String)
        {
            string text = data.GetString()!;
            text = text.StartsWith("Reverted ", StringComparison.Ordinal) ? text[9..] : text;
            return HexData.TryDecode(text, out byte[]? bytes) ? bytes : null;
        }

        return data.ValueKind == JsonValueKind.Object && depth < DeepestData && data.TryGetProperty("data", out JsonElement inner)
            ? FindData(inner, depth + 1)
            : null;
    }
}
