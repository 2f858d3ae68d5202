using System.Text.Json;

namespace OnchainMargin.Architecture.Tests;

public sealed class ContractSizeTests
{
    /// <summary>A chain takes 24,576 (EIP-170); the rest is room for the next rule.</summary>
    private const int MostBytes = 20_000;

    [CompiledContractsFact]
    public void Contract_None_IsLargerThanItsRoom()
    {
        var sizes = Directory.EnumerateFiles(Path.Combine(TestFiles.Root, "artifacts", "contracts"), "*.json", SearchOption.AllDirectories)
            .Where(file => !Repository.Relative(file).StartsWith("artifacts/contracts/test/", StringComparison.Ordinal))
            .Select(file => (Name: Path.GetFileNameWithoutExtension(file), Bytes: DeployedBytes(file)))
            .Where(contract => contract.Bytes > 0)
            .ToList();

        Assert.Contains(sizes, contract => string.Equals(contract.Name, "Referee", StringComparison.Ordinal));
        Assert.Empty(sizes.Where(contract => contract.Bytes > MostBytes).Select(contract => $"{contract.Name}: {contract.Bytes} bytes, {MostBytes} allowed"));
    }

    private static int DeployedBytes(string file)
    {
        using var artifact = JsonDocument.Parse(File.ReadAllBytes(file));
        return artifact.RootElement.TryGetProperty("deployedBytecode", out var code) ? (code.GetString()!.Length - 2) / 2 : 0;
    }
}
