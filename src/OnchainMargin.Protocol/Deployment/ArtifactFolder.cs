using System.Text.Json;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>Compiled contracts as Hardhat writes them: <c>artifacts/…/Name.sol/Name.json</c>.</summary>
/// <param name="path">The folder <c>artifacts</c>.</param>
public sealed class ArtifactFolder(string path)
{
    /// <summary>Before the names of the project's own sources in what the compiler was given.</summary>
    private const string Project = "project/";

    /// <summary>Reads a contract.</summary>
    /// <exception cref="DeploymentException">It was not compiled, cannot be created, or its file is damaged.</exception>
    public ContractArtifact Read(string contract)
    {
        string file = Find(contract);
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            byte[] bytecode = HexData.Decode(json.RootElement.GetProperty("bytecode").GetString()!);
            return bytecode.Length > 0
                ? new ContractArtifact(contract, ContractAbi.FromJson(json.RootElement.GetProperty("abi")), bytecode)
                : throw new DeploymentException($"The contract {contract} in '{file}' has no code (it is an interface or abstract): name a contract that can be created.");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or EthereumException or IOException)
        {
            throw new DeploymentException($"The artifact '{file}' cannot be used ({exception.Message.TrimEnd('.')}): compile again with `npx hardhat build --no-tests --force`.", exception);
        }
    }

    /// <summary>Compares the sources that the contracts were compiled from with those that lie beside the folder: what was compiled before a change deploys without it, for ever, and nothing on chain tells.</summary>
    /// <exception cref="DeploymentException">A source is another one by now.</exception>
    public void RequireCurrent()
    {
        string contracts = Path.Combine(path, "contracts");
        if (!Directory.Exists(contracts))
        {
            return;
        }

        string root = Path.GetDirectoryName(Path.GetFullPath(path).TrimEnd(Path.DirectorySeparatorChar))!;
        foreach (string build in Directory.EnumerateFiles(contracts, "*.json", SearchOption.AllDirectories).Select(BuildOf).OfType<string>().ToHashSet(StringComparer.Ordinal))
        {
            using JsonDocument json = Parsed(Path.Combine(path, "build-info", build + ".json"));
            foreach (JsonProperty source in json.RootElement.GetProperty("input").GetProperty("sources").EnumerateObject().Where(static source => IsOfContracts(source.Name)))
            {
                string now = Path.Combine(root, source.Name[Project.Length..]);
                // Where the sources do not lie beside what was compiled there is nothing to compare.
                if (File.Exists(now) && !source.Value.GetProperty("content").ValueEquals(File.ReadAllText(now)))
                {
                    throw new DeploymentException($"The contracts in '{path}' were compiled from another '{now}' than is there now: compile again with `npx hardhat build --no-tests`.");
                }
            }
        }
    }

    /// <summary>Of tests nothing is deployed, and a build without them leaves theirs as they were.</summary>
    private static bool IsOfContracts(string source) => source.StartsWith(Project + "contracts/", StringComparison.Ordinal) && !source.StartsWith(Project + "contracts/test/", StringComparison.Ordinal);

    private static string? BuildOf(string artifact)
    {
        using JsonDocument json = Parsed(artifact);
        return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("inputSourceName", out JsonElement source) && IsOfContracts(source.GetString()!)
            ? json.RootElement.GetProperty("buildInfoId").GetString()
            : null;
    }

    private static JsonDocument Parsed(string file)
    {
        try
        {
            return JsonDocument.Parse(File.ReadAllBytes(file));
        }
        catch (Exception exception) when (exception is JsonException or IOException)
        {
            throw new DeploymentException($"The file '{file}' of the compiler cannot be read ({exception.Message.TrimEnd('.')}): compile again with `npx hardhat build --no-tests --force`.", exception);
        }
    }

    private string Find(string contract)
    {
        string[] found = Directory.Exists(path) ? Directory.GetFiles(path, contract + ".json", SearchOption.AllDirectories) : [];
        return found.Length switch
        {
            1 => found[0],
            0 => throw new DeploymentException($"The contract {contract} is not among the compiled ones in '{path}': run `npm ci && npx hardhat build --no-tests`, or name the folder of the artifacts."),
            _ => throw new DeploymentException($"The contract {contract} is there {found.Length} times in '{path}': delete artifacts and run `npx hardhat build --no-tests`."),
        };
    }
}
