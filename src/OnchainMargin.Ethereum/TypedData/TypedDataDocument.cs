using System.Text.Json;
using OnchainMargin.Ethereum.Hashing;

namespace OnchainMargin.Ethereum.TypedData;

/// <summary>A typed-data document as wallets exchange it (<c>eth_signTypedData_v4</c>): types, primary type, domain and message in JSON.</summary>
public sealed class TypedDataDocument
{
    private const string DomainType = "EIP712Domain";

    private readonly TypedDataTypes _types;
    private readonly JsonElement _domain;
    private readonly JsonElement _message;

    private TypedDataDocument(TypedDataTypes types, string primaryType, JsonElement domain, JsonElement message)
    {
        _types = types;
        PrimaryType = primaryType;
        _domain = domain;
        _message = message;
    }

    /// <summary>The type of the message.</summary>
    public string PrimaryType { get; }

    /// <summary>Reads a document. Where its types leave the domain out, the domain's fields give its type.</summary>
    /// <exception cref="EthereumFormatException">Thrown when it is not a typed-data document.</exception>
    public static TypedDataDocument Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Read(document.RootElement.Clone());
        }
        catch (JsonException exception)
        {
            throw new EthereumFormatException($"The typed-data document is not JSON ({JsonFault.Of(exception)}); give types, primaryType, domain and message.", exception);
        }
    }

    /// <summary>Reads a document that is already parsed.</summary>
    /// <exception cref="EthereumFormatException">Thrown when it is not a typed-data document.</exception>
    public static TypedDataDocument Read(JsonElement document)
    {
        JsonElement types = Member(document, "types", JsonValueKind.Object);
        JsonElement domain = Member(document, "domain", JsonValueKind.Object);
        JsonElement message = Member(document, "message", JsonValueKind.Object);
        string primaryType = Member(document, "primaryType", JsonValueKind.String).GetString()!;
        return new TypedDataDocument(TypedDataTypes.Read(types, domain), primaryType, domain, message);
    }

    /// <summary>A struct's type with those it refers to behind it, in order.</summary>
    public string EncodeType(string type) => _types.EncodeType(type);

    /// <summary>The encoded message: its type's hash and its members.</summary>
    public byte[] EncodeMessage() => new TypedDataEncoder(_types).EncodeStruct(PrimaryType, _message, 0);

    /// <summary>The message's hash.</summary>
    public Hash32 HashMessage() => Keccak256.Hash(EncodeMessage());

    /// <summary>The domain separator.</summary>
    public Hash32 DomainSeparator() => Keccak256.Hash(new TypedDataEncoder(_types).EncodeStruct(DomainType, _domain, 0));

    /// <summary>What is signed.</summary>
    public Hash32 Digest() => TypedDataDigest.Of(DomainSeparator(), HashMessage());

    private static JsonElement Member(JsonElement document, string name, JsonValueKind kind) =>
        document.ValueKind == JsonValueKind.Object && document.TryGetProperty(name, out JsonElement value) && value.ValueKind == kind
            ? value
            : throw new EthereumFormatException($"The typed-data document has no member '{name}' that is a JSON {kind}; give types, primaryType, domain and message.");
}
