using System.Text.Json;
using OnchainMargin.Ethereum.Generation;
using OnchainMargin.Ethereum.Tests.Support;

namespace OnchainMargin.Ethereum.Tests.Generated;

public sealed class GeneratedSourceTests
{
    [Theory]
    [InlineData("EchoLab", "tests/OnchainMargin.Ethereum.Tests/Generated/EchoLab.g.cs", "OnchainMargin.Ethereum.Tests.Generated")]
    [InlineData("Nasty", "tests/OnchainMargin.Ethereum.Tests/Generated/Nasty.g.cs", "OnchainMargin.Ethereum.Tests.Generated")]
    public void Generate_OfAnAsset_GivesTheCommittedFile(string contract, string file, string name)
    {
        using JsonDocument artifact = JsonDocument.Parse(File.ReadAllText(Assets.PathOf(contract + ".json")));
        string source = ContractGenerator.Generate(contract, artifact.RootElement.GetProperty("abi"), name);
        string path = Path.Combine(TestFiles.Root, file);
        if (Environment.GetEnvironmentVariable("OMARGIN_REGENERATE") is "1")
        {
            File.WriteAllText(path, source);
        }

        Assert.True(string.Equals(File.ReadAllText(path), source, StringComparison.Ordinal), $"{file} is not what the generator writes; run OMARGIN_REGENERATE=1 dotnet test tests/OnchainMargin.Ethereum.Tests --filter GeneratedSource and commit it.");
    }
}
