using System.Globalization;
using System.Text.Json;
using OnchainMargin.Ethereum.Abi;
using OnchainMargin.Ethereum.Hashing;

namespace OnchainMargin.Ethereum.TypedData;

/// <summary>Encodes the JSON values of a typed-data document by their types.</summary>
internal sealed class TypedDataEncoder(TypedDataTypes types)
{
    private const int DeepestNesting = 64;

    public byte[] EncodeStruct(string type, JsonElement value, int depth)
    {
        if (value.ValueKind != JsonValueKind.Object || depth > DeepestNesting)
        {
            throw new EthereumFormatException($"The typed-data value of type '{HexData.Quote(type)}' is not a JSON object, or nests deeper than {DeepestNesting}; give its members by name.");
        }

        TypedDataMember[] members = types.Members(type);
        var words = new byte[32 * (members.Length + 1)];
        types.TypeHash(type).CopyTo(words);
        for (int i = 0; i < members.Length; i++)
        {
            if (!value.TryGetProperty(members[i].Name, out JsonElement member))
            {
                throw new EthereumFormatException($"The typed-data value of type '{HexData.Quote(type)}' lacks the member '{HexData.Quote(members[i].Name)}'; give every member.");
            }

            EncodeWord(members[i].Type, member, depth).CopyTo(words.AsSpan(32 * (i + 1)));
        }

        return words;
    }

    private Hash32 EncodeWord(string type, JsonElement value, int depth)
    {
        if (type.EndsWith(']'))
        {
            return EncodeArray(type, value, depth + 1);
        }

        return types.IsStruct(type)
            ? Keccak256.Hash(EncodeStruct(type, value, depth + 1))
            : EncodeSimple(type, value);
    }

    private Hash32 EncodeArray(string type, JsonElement value, int depth)
    {
        int bracket = type.LastIndexOf('[');
        if (bracket <= 0 || value.ValueKind != JsonValueKind.Array || depth > DeepestNesting)
        {
            throw new EthereumFormatException($"The typed-data value of type '{HexData.Quote(type)}' is not a JSON array, or nests deeper than {DeepestNesting}.");
        }

        string count = type[(bracket + 1)..^1];
        int length = value.GetArrayLength();
        if (count.Length > 0 && !(int.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out int expected) && expected == length))
        {
            throw new EthereumFormatException($"The typed-data value of type '{HexData.Quote(type)}' has {length} elements; give as many as the type says.");
        }

        var words = new byte[32 * length];
        int at = 0;
        foreach (JsonElement element in value.EnumerateArray())
        {
            EncodeWord(type[..bracket], element, depth).CopyTo(words.AsSpan(at));
            at += 32;
        }

        return Keccak256.Hash(words);
    }

    private static Hash32 EncodeSimple(string type, JsonElement value)
    {
        AbiType simple = AbiTypeParser.ParseSimple(type)
            ?? throw new EthereumFormatException($"The typed-data document names the type '{HexData.Quote(type)}' without declaring it; add it to types.");
        object given = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw new EthereumFormatException($"The typed-data value of type '{HexData.Quote(type)}' is a JSON {value.ValueKind}; give a value."),
        };
        object plain = AbiValue.Normalise(simple, given);
        return plain switch
        {
            string text => Keccak256.HashUtf8(text),
            byte[] bytes => Keccak256.Hash(bytes),
            _ => new Hash32(AbiCodec.Encode([new AbiParameter("", simple)], plain)),
        };
    }
}
