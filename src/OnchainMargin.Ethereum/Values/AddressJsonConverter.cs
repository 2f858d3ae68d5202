using System.Text.Json;
using System.Text.Json.Serialization;

namespace OnchainMargin.Ethereum;

/// <summary>Writes an <see cref="Address"/> in its EIP-55 form and reads it back.</summary>
public sealed class AddressJsonConverter : JsonConverter<Address>
{
    /// <inheritdoc/>
    public override Address Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String && Address.TryParse(reader.GetString(), out Address value)
            ? value
            : throw new JsonException("An address must be a string of 0x and 40 hexadecimal digits whose capitals, if mixed, follow EIP-55.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Address value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
