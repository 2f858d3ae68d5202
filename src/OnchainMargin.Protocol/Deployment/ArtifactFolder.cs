using System.Text.Json;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Abi;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>Compiled contracts as Hardhat writes them: <c>artifacts/…/Name.sol/Name.json</c>.</summary>
/// <param name="path">The folder <c>artifacts</c>.</param>
public sealed class ArtifactFolder(string path)
{
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
