using System.Text.Json;
using OnchainMargin.Ethereum.Abi;

namespace OnchainMargin.Ethereum.Contracts;

/// <summary>A compiled contract as Hardhat writes it: the ABI, and the creation code with the gaps where libraries are linked in.</summary>
public sealed class ContractArtifact
{
    private readonly string _bytecode;
    private readonly (string Library, int Start)[] _links;

    private ContractArtifact(string name, ContractAbi abi, string bytecode, (string Library, int Start)[] links)
    {
        Name = name;
        Abi = abi;
        _bytecode = bytecode;
        _links = links;
    }

    /// <summary>The contract's name.</summary>
    public string Name { get; }

    /// <summary>The ABI.</summary>
    public ContractAbi Abi { get; }

    /// <summary>The libraries that must be deployed first.</summary>
    public IReadOnlyList<string> Libraries => [.. _links.Select(static link => link.Library).Distinct(StringComparer.Ordinal)];

    /// <summary>Reads an artifact file.</summary>
    /// <exception cref="EthereumFormatException">Thrown when the file is missing or is no artifact.</exception>
    public static ContractArtifact Load(string path)
    {
        try
        {
            return Parse(File.ReadAllBytes(path), path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new EthereumFormatException($"The artifact '{path}' cannot be read ({exception.Message}); compile the contracts first.", exception);
        }
    }

    /// <summary>Reads an artifact.</summary>
    /// <exception cref="EthereumFormatException">Thrown when it is no artifact.</exception>
    public static ContractArtifact Parse(ReadOnlyMemory<byte> json, string source)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            return new ContractArtifact(
                root.GetProperty("contractName").GetString() ?? "",
                ContractAbi.FromJson(root.GetProperty("abi")),
                root.GetProperty("bytecode").GetString() ?? "",
                root.TryGetProperty("linkReferences", out JsonElement links) ? ReadLinks(links) : []);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new EthereumFormatException($"The artifact '{source}' is not what a compiler writes ({exception.Message}); give Hardhat's JSON with contractName, abi and bytecode.", exception);
        }
    }

    /// <summary>The creation code with the libraries' addresses put in.</summary>
    /// <exception cref="EthereumFormatException">Thrown when a library's address is missing, or the code is not hex: an interface has none.</exception>
    public byte[] Link(IReadOnlyDictionary<string, Address>? libraries = null)
    {
        char[] code = _bytecode.ToCharArray();
        foreach ((string library, int start) in _links)
        {
            if (libraries is null || !libraries.TryGetValue(library, out Address address))
            {
                throw new EthereumFormatException($"The contract {Name} needs the library {library}; deploy it first and give its address.");
            }

            int at = 2 + (2 * start);
            if (start < 0 || at + 40 > code.Length)
            {
                throw new EthereumFormatException($"The artifact of {Name} links {library} at byte {start}, outside its code; compile it again.");
            }

            address.ToLowerHex().CopyTo(2, code, at, 40);
        }

        byte[] linked = HexData.Decode(new string(code), $"creation code of {Name}");
        return linked.Length > 0 ? linked : throw new EthereumFormatException($"The contract {Name} has no creation code; it is an interface or abstract, so deploy another.");
    }

    private static (string Library, int Start)[] ReadLinks(JsonElement links) =>
    [
        .. from file in links.EnumerateObject()
           from library in file.Value.EnumerateObject()
           from place in library.Value.EnumerateArray()
           select (library.Name, place.GetProperty("start").GetInt32()),
    ];
}
