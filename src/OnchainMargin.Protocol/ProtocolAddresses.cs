using System.Text.Json;
using OnchainMargin.Ethereum;

namespace OnchainMargin.Protocol;

/// <summary>Where a deployment lives. The file is JSON: <c>{ "chainId": 1, "block": 123, "contracts": { "MarginVault": "0x…", … } }</c>; further contracts (test tokens, feeds) may stand beside the protocol's own.</summary>
public sealed record ProtocolAddresses
{
    private static readonly JsonSerializerOptions Format = new() { WriteIndented = true };

    /// <summary>The chain.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>The first block that can hold an event of the deployment.</summary>
    public required ulong Block { get; init; }

    /// <summary>Every contract of the deployment by its name.</summary>
    public required IReadOnlyDictionary<string, Address> Contracts { get; init; }

    /// <summary>Custody of every token.</summary>
    public Address MarginVault => this["MarginVault"];

    /// <summary>Accounts, orders, fills, cash.</summary>
    public Address Clearinghouse => this["Clearinghouse"];

    /// <summary>Prices and checkpoints.</summary>
    public Address PriceHub => this["PriceHub"];

    /// <summary>Attesters and epochs.</summary>
    public Address RiskRegistry => this["RiskRegistry"];

    /// <summary>Lots and auctions.</summary>
    public Address LiquidationHouse => this["LiquidationHouse"];

    /// <summary>Insurance.</summary>
    public Address InsuranceFund => this["InsuranceFund"];

    /// <summary>Parameters.</summary>
    public Address RiskParameters => this["RiskParameters"];

    /// <summary>The margin on chain.</summary>
    public Address Referee => this["Referee"];

    /// <summary>The contracts whose events rebuild the whole state.</summary>
    public IReadOnlyList<Address> Emitters => [MarginVault, Clearinghouse, PriceHub, RiskRegistry, LiquidationHouse, InsuranceFund, RiskParameters];

    /// <summary>The address of a contract by its name.</summary>
    /// <exception cref="ProtocolException">Thrown when the deployment has none of that name.</exception>
    public Address this[string contract] => Contracts.TryGetValue(contract, out Address address)
        ? address
        : throw new ProtocolException($"The deployment has no contract called {contract}; name a deployment file that lists it, or deploy again.");

    /// <summary>Reads a deployment file.</summary>
    /// <exception cref="ProtocolException">Thrown when the file cannot be read or is not a deployment.</exception>
    public static ProtocolAddresses Load(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ProtocolException($"The deployment file '{path}' cannot be read ({error.Message}); name the file that `omargin deploy` wrote.", error);
        }

        return Parse(text, $"The deployment file '{path}'");
    }

    /// <summary>Reads the content of a deployment file.</summary>
    /// <param name="json">The content.</param>
    /// <param name="subject">What it is called in a message.</param>
    /// <exception cref="ProtocolException">Thrown when it is not a deployment.</exception>
    public static ProtocolAddresses Parse(string json, string subject)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            JsonElement root = document.RootElement;
            var contracts = new SortedDictionary<string, Address>(StringComparer.Ordinal);
            foreach (JsonProperty contract in root.GetProperty("contracts").EnumerateObject())
            {
                contracts.Add(contract.Name, Address.Parse(contract.Value.GetString() ?? ""));
            }

            var addresses = new ProtocolAddresses
            {
                ChainId = root.GetProperty("chainId").GetUInt64(),
                Block = root.GetProperty("block").GetUInt64(),
                Contracts = contracts,
            };
            _ = addresses.Emitters;
            _ = addresses.Referee;
            return addresses;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException or FormatException or EthereumFormatException or ArgumentException or ProtocolException)
        {
            throw new ProtocolException($"{subject} is not a deployment ({error.Message}); give the JSON that `omargin deploy` wrote, with chainId, block and contracts.", error);
        }
    }

    /// <summary>The content of a deployment file.</summary>
    public string ToJson() => JsonSerializer.Serialize(
        new
        {
            chainId = ChainId,
            block = Block,
            contracts = Contracts.OrderBy(static pair => pair.Key, StringComparer.Ordinal).ToDictionary(static pair => pair.Key, static pair => pair.Value.ToString(), StringComparer.Ordinal),
        },
        Format);

    /// <summary>Writes the deployment file, whole or not at all.</summary>
    public void Save(string path)
    {
        string partial = path + ".partial";
        File.WriteAllText(partial, ToJson() + "\n");
        File.Move(partial, path, overwrite: true);
    }
}
