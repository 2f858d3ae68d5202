using System.Text;
using System.Text.Json;
using OnchainMargin.Ethereum.Hashing;

namespace OnchainMargin.Ethereum.TypedData;

/// <summary>The struct types of a typed-data document.</summary>
internal sealed class TypedDataTypes
{
    private static readonly (string Name, string Type)[] DomainFields =
        [("name", "string"), ("version", "string"), ("chainId", "uint256"), ("verifyingContract", "address"), ("salt", "bytes32")];

    private readonly Dictionary<string, TypedDataMember[]> _structs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Hash32> _hashes = new(StringComparer.Ordinal);

    public static TypedDataTypes Read(JsonElement types, JsonElement domain)
    {
        var read = new TypedDataTypes();
        foreach (JsonProperty type in types.EnumerateObject())
        {
            if (type.Value.ValueKind != JsonValueKind.Array || !read._structs.TryAdd(type.Name, [.. type.Value.EnumerateArray().Select(member => ReadMember(type.Name, member))]))
            {
                throw new EthereumFormatException($"The typed-data type '{HexData.Quote(type.Name)}' is not an array of members, or is there twice; write each type once with its members.");
            }
        }

        _ = read._structs.TryAdd("EIP712Domain", [.. DomainFields.Where(field => domain.TryGetProperty(field.Name, out _)).Select(static field => new TypedDataMember(field.Name, field.Type))]);
        return read;
    }

    public bool IsStruct(string type) => _structs.ContainsKey(type);

    public TypedDataMember[] Members(string type) => _structs.TryGetValue(type, out TypedDataMember[]? members)
        ? members
        : throw new EthereumFormatException($"The typed-data document names the type '{HexData.Quote(type)}' without declaring it; add it to types.");

    public Hash32 TypeHash(string type)
    {
        if (!_hashes.TryGetValue(type, out Hash32 hash))
        {
            hash = Keccak256.HashUtf8(EncodeType(type));
            _hashes[type] = hash;
        }

        return hash;
    }

    public string EncodeType(string type)
    {
        var reached = new SortedSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([type]);
        while (open.TryPop(out string? next))
        {
            if (reached.Add(next))
            {
                foreach (TypedDataMember member in Members(next).Where(member => IsStruct(BaseType(member.Type))))
                {
                    open.Push(BaseType(member.Type));
                }
            }
        }

        reached.Remove(type);
        var text = new StringBuilder();
        foreach (string name in reached.Prepend(type))
        {
            text.Append(name).Append('(').AppendJoin(',', Members(name).Select(static member => $"{member.Type} {member.Name}")).Append(')');
        }

        return text.ToString();
    }

    private static string BaseType(string type)
    {
        int bracket = type.IndexOf('[', StringComparison.Ordinal);
        return bracket >= 0 ? type[..bracket] : type;
    }

    private static TypedDataMember ReadMember(string type, JsonElement member)
    {
        if (member.ValueKind == JsonValueKind.Object
            && member.TryGetProperty("name", out JsonElement name) && name.ValueKind == JsonValueKind.String
            && member.TryGetProperty("type", out JsonElement memberType) && memberType.ValueKind == JsonValueKind.String)
        {
            return new TypedDataMember(name.GetString()!, memberType.GetString()!);
        }

        throw new EthereumFormatException($"The typed-data type '{HexData.Quote(type)}' has a member without a name or a type; write each as {{\"name\": …, \"type\": …}}.");
    }
}
