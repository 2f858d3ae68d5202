using System.Text.Json;

namespace OnchainMargin.Architecture.Tests;

public sealed class ContractSizeTests
{
    /// <summary>EIP-170.</summary>
    private const int MostBytes = 24_576;

    /// <summary>The referee keeps room: its code has to be read and proved, and a rule may have to be added.</summary>
    private const int MostRefereeBytes = 22_500;

    [CompiledContractsFact]
    public void Referee_AndItsParts_KeepRoom()
    {
        foreach (string name in new[] { "Referee", "RefereeWitness", "RefereeReports", "FloorReferee" })
        {
            int bytes = DeployedBytes(Path.Combine(TestFiles.Root, "artifacts", "contracts", "margin", name + ".sol", name + ".json"));
            Assert.True(bytes is > 0 and <= MostRefereeBytes, $"{name}: {bytes} bytes, {MostRefereeBytes} wanted at most");
        }
    }

    [CompiledContractsFact]
    public void Contract_None_IsLargerThanAChainTakes()
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
