using System.Text.Json;
using System.Text.Json.Serialization;

namespace OnchainMargin.Ethereum;

/// <summary>Writes a <see cref="Hash32"/> as 0x-prefixed hex and reads it back.</summary>
public sealed class Hash32JsonConverter : JsonConverter<Hash32>
{
    /// <inheritdoc/>
    public override Hash32 Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Hash32.TryParse(reader.GetString(), out Hash32 value)
            ? value
            : throw new JsonException("A 32-byte value must be a string of 0x and 64 hexadecimal digits.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Hash32 value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
