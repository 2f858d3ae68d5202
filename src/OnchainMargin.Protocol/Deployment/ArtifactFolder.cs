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
        return Use(file, root =>
        {
            byte[] bytecode = HexData.Decode(root.GetProperty("bytecode").GetString()!);
            return bytecode.Length > 0
                ? new ContractArtifact(contract, ContractAbi.FromJson(root.GetProperty("abi")), bytecode)
                : throw new DeploymentException($"The contract {contract} in '{file}' has no code (it is an interface or abstract): name a contract that can be created.");
        });
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
            // Where the sources do not lie beside what was compiled there is nothing to compare.
            string? changed = Use(Path.Combine(path, "build-info", build + ".json"), compiled => compiled.GetProperty("input").GetProperty("sources").EnumerateObject()
                .Where(static source => IsOfContracts(source.Name))
                .Select(source => (File: Path.Combine(root, source.Name[Project.Length..]), Content: source.Value.GetProperty("content")))
                .FirstOrDefault(static source => File.Exists(source.File) && !source.Content.ValueEquals(File.ReadAllText(source.File))).File);
            if (changed is not null)
            {
                throw new DeploymentException($"The contracts in '{path}' were compiled from another '{changed}' than is there now: compile again with `npx hardhat build --no-tests`.");
            }
        }
    }

    /// <summary>Of tests nothing is deployed, and a build without them leaves theirs as they were.</summary>
    private static bool IsOfContracts(string source) => source.StartsWith(Project + "contracts/", StringComparison.Ordinal) && !source.StartsWith(Project + "contracts/test/", StringComparison.Ordinal);

    private static string? BuildOf(string artifact) => Use(artifact, static root =>
        root.TryGetProperty("inputSourceName", out JsonElement source) && IsOfContracts(source.GetString()!) ? root.GetProperty("buildInfoId").GetString() : null);

    private static T Use<T>(string file, Func<JsonElement, T> read)
    {
        try
        {
            using var json = JsonDocument.Parse(File.ReadAllBytes(file));
            return read(json.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or EthereumException or IOException)
        {
            throw new DeploymentException($"The file '{file}' of the compiler cannot be used ({exception.Message.TrimEnd('.')}): compile again with `npx hardhat build --no-tests --force`.", exception);
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
