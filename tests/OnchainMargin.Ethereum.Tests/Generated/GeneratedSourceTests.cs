using System.Text.Json;
using OnchainMargin.Ethereum.Generation;
using OnchainMargin.Ethereum.Tests.Support;

namespace OnchainMargin.Ethereum.Tests.Generated;

public sealed class GeneratedSourceTests
{
    [Fact]
    public void Generate_EchoLab_GivesTheCommittedFile()
    {
        using JsonDocument artifact = JsonDocument.Parse(File.ReadAllText(Repository.Asset("EchoLab.json")));
        string source = ContractGenerator.Generate("EchoLab", artifact.RootElement.GetProperty("abi"), "OnchainMargin.Ethereum.Tests.Generated");
        string path = Path.Combine(Repository.Root, "tests", "OnchainMargin.Ethereum.Tests", "Generated", "EchoLab.g.cs");
        if (Environment.GetEnvironmentVariable("OMARGIN_REGENERATE") is "1")
        {
            File.WriteAllText(path, source);
        }

        Assert.Equal(File.ReadAllText(path), source);
    }
}
