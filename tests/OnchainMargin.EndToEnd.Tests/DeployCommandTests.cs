using System.Text.Json;
using OnchainMargin.Cli;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary><c>omargin deploy</c> as a user runs it.</summary>
[Collection(SharedChain.Name)]
public sealed class DeployCommandTests(ChainFixture fixture)
{
    /// <summary>The folder goes away under it: what was paid for is told as it comes, and whole in the end.</summary>
    [Fact]
    public async Task Deploy_WhoseFileCannotBeWrittenAfterAll_TellsTheDeployment()
    {
        string folder = Directory.CreateTempSubdirectory("omargin-e2e-").FullName;
        string keyFile = Path.GetTempFileName();
        string path = Path.Combine(folder, "deployment.json");
        PrivateKey key = await Deployed.FundedKeyAsync(fixture.Chain);
        await File.WriteAllTextAsync(keyFile, Deployed.DigitsOf(key));
        using var output = new FolderGoesAway(folder);
        using var error = new StringWriter();

        int code = await Omargin.RunAsync(["deploy", "--rpc", fixture.Chain.Url, "--key-file", keyFile, "--artifacts", Repository.Artifacts(), "--out", path], output, error);
        File.Delete(keyFile);

        Assert.Equal((1, $"error: The deployment file '{path}' cannot be written: name a path in a folder that you may write to."), (code, error.ToString().Trim()));
        string told = output.ToString();
        JsonElement contracts = JsonDocument.Parse(told[told.IndexOf('{', StringComparison.Ordinal)..]).RootElement.GetProperty("contracts");
        foreach (string name in (string[])["RiskParameters", "Clearinghouse", "InsuranceFund"])
        {
            string address = contracts.GetProperty(JsonNamingPolicy.CamelCase.ConvertName(name)).GetString()!;
            Assert.Contains($"{name} {address}\n", told.ReplaceLineEndings("\n"), StringComparison.Ordinal);
            Assert.NotEmpty(await fixture.Chain.Node.GetCodeAsync(Address.Parse(address)));
        }
    }

    private sealed class FolderGoesAway(string folder) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            if (Directory.Exists(folder))
            {
                Directory.Delete(folder, recursive: true);
            }

            base.WriteLine(value);
        }
    }
}
