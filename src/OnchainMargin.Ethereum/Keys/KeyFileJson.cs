using System.Text.Json;

namespace OnchainMargin.Ethereum.Keys;

/// <summary>Reads the members of a key file. Clients differ in the case of member names, so it does not count.</summary>
internal static class KeyFileJson
{
    public static JsonElement Member(JsonElement parent, string name)
    {
        if (parent.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty member in parent.EnumerateObject())
            {
                if (string.Equals(member.Name, name, StringComparison.OrdinalIgnoreCase))
                {
                    return member.Value;
                }
            }
        }

        throw new EthereumFormatException($"The key file lacks the member '{name}'; give a web3 secret storage file of version 3.");
    }

    public static string Text(JsonElement parent, string name)
    {
        JsonElement value = Member(parent, name);
        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new EthereumFormatException($"The key file's member '{name}' is not a text; give a web3 secret storage file of version 3.");
    }

    public static long Number(JsonElement parent, string name)
    {
        JsonElement value = Member(parent, name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number)
            ? number
            : throw new EthereumFormatException($"The key file's member '{name}' is not a whole number; give a web3 secret storage file of version 3.");
    }

    public static byte[] Bytes(JsonElement parent, string name)
    {
        string text = Text(parent, name);
        return HexData.TryDecode(text.StartsWith("0x", StringComparison.Ordinal) ? text : "0x" + text, out byte[]? bytes)
            ? bytes
            : throw new EthereumFormatException($"The key file's member '{name}' is not hexadecimal; give a web3 secret storage file of version 3.");
    }
}
