using System.Text.Json;

namespace OnchainMargin.Ethereum.Abi;

/// <summary>Reads the compiler's JSON form of an ABI.</summary>
internal static class AbiJson
{
    public static ContractAbi Read(JsonElement abi)
    {
        if (abi.ValueKind != JsonValueKind.Array)
        {
            throw new EthereumFormatException($"The ABI is a JSON {abi.ValueKind} where an array belongs; give the 'abi' member of an artifact.");
        }

        var constructor = new AbiFunction("", [], [], "nonpayable");
        var functions = new List<AbiFunction>();
        var events = new List<AbiEvent>();
        var errors = new List<AbiError>();
        foreach (JsonElement entry in abi.EnumerateArray())
        {
            switch (Text(entry, "type", "function"))
            {
                case "constructor":
                    constructor = ReadFunction(entry, "");
                    break;
                case "function":
                    functions.Add(ReadFunction(entry, Name(entry)));
                    break;
                case "event":
                    events.Add(new AbiEvent(Name(entry), ReadParameters(entry, "inputs", 0), Flag(entry, "anonymous")));
                    break;
                case "error":
                    errors.Add(new AbiError(Name(entry), ReadParameters(entry, "inputs", 0)));
                    break;
                case "fallback" or "receive":
                    break;
                case var other:
                    throw new EthereumFormatException($"The ABI has an entry of type '{HexData.Quote(other)}'; known are function, constructor, event, error, fallback and receive.");
            }
        }

        return new ContractAbi(constructor, functions, events, errors);
    }

    private static AbiFunction ReadFunction(JsonElement entry, string name) =>
        new(name, ReadParameters(entry, "inputs", 0), ReadParameters(entry, "outputs", 0), Text(entry, "stateMutability", "nonpayable"));

    private static List<AbiParameter> ReadParameters(JsonElement entry, string member, int depth)
    {
        var parameters = new List<AbiParameter>();
        if (!entry.TryGetProperty(member, out JsonElement list))
        {
            return parameters;
        }

        if (list.ValueKind != JsonValueKind.Array || depth > AbiTypeParser.DeepestNesting)
        {
            throw new EthereumFormatException($"The ABI member '{member}' is not an array, or nests deeper than {AbiTypeParser.DeepestNesting}; give the compiler's own output.");
        }

        foreach (JsonElement parameter in list.EnumerateArray())
        {
            parameters.Add(new AbiParameter(Text(parameter, "name", ""), ReadType(parameter, depth), Flag(parameter, "indexed")));
        }

        return parameters;
    }

    private static AbiType ReadType(JsonElement parameter, int depth)
    {
        string type = Text(parameter, "type", "");
        if (!type.StartsWith("tuple", StringComparison.Ordinal))
        {
            return AbiTypeParser.Parse(type);
        }

        List<AbiParameter> components = ReadParameters(parameter, "components", depth + 1);
        return AbiTypeParser.WithSuffixes(AbiType.TupleOf(components, StructName(Text(parameter, "internalType", ""))), type[5..]);
    }

    /// <summary>"struct Clearinghouse.Order[2]" gives "Order".</summary>
    private static string? StructName(string internalType)
    {
        if (!internalType.StartsWith("struct ", StringComparison.Ordinal))
        {
            return null;
        }

        string name = internalType[7..];
        int bracket = name.IndexOf('[', StringComparison.Ordinal);
        name = bracket >= 0 ? name[..bracket] : name;
        return name[(name.LastIndexOf('.') + 1)..];
    }

    private static string Name(JsonElement entry)
    {
        string name = Text(entry, "name", "");
        return name.Length > 0 ? name : throw new EthereumFormatException("The ABI has a function, event or error without a name; give the compiler's own output.");
    }

    private static string Text(JsonElement entry, string member, string missing)
    {
        if (entry.ValueKind != JsonValueKind.Object)
        {
            throw new EthereumFormatException($"The ABI has a JSON {entry.ValueKind} where an object belongs; give the compiler's own output.");
        }

        if (!entry.TryGetProperty(member, out JsonElement value))
        {
            return missing;
        }

        return value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : throw new EthereumFormatException($"The ABI member '{member}' is a JSON {value.ValueKind} where a text belongs; give the compiler's own output.");
    }

    private static bool Flag(JsonElement entry, string member) =>
        entry.TryGetProperty(member, out JsonElement value) && value.ValueKind == JsonValueKind.True;
}
