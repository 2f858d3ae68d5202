using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Cli.Tests.Deployment;

public sealed class DeploymentFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("omargin-deployment-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Write_ThenRead_GivesTheDeploymentBack()
    {
        string path = Path.Combine(_folder, "new", "deployment.json");
        DeploymentRecord deployment = Samples.Deployment();

        DeploymentFile.Write(path, deployment);
        DeploymentRecord read = DeploymentFile.Read(path);

        Assert.Equal(deployment.Contracts, read.Contracts);
        Assert.Equal(deployment.Tokens, read.Tokens);
        Assert.Equal(deployment.Underlyings, read.Underlyings);
        Assert.Equal((deployment.ChainId, deployment.Block), (read.ChainId, read.Block));
        Assert.Equal([path], Directory.GetFiles(Path.GetDirectoryName(path)!));
    }

    /// <summary>Nobody pays for contracts whose addresses cannot be kept: not even the node is asked, which does not exist.</summary>
    [Theory]
    [InlineData("file/deployment.json")]
    [InlineData("folder")]
    public async Task Deploy_WhereNothingCanBeWritten_EndsBeforeItBegins(string name)
    {
        string path = Path.Combine(_folder, name);
        string key = Path.Combine(_folder, "key");
        File.WriteAllText(Path.Combine(_folder, "file"), "");
        File.WriteAllText(key, $"0x{1:x64}");
        Directory.CreateDirectory(Path.Combine(_folder, "folder"));
        using StringWriter output = new(), error = new();

        int code = await Omargin.RunAsync(["deploy", "--rpc", "http://127.0.0.1:1", "--key-file", key, "--out", path], output, error);

        Assert.Equal((1, ""), (code, output.ToString()));
        Assert.Equal($"error: The deployment file '{path}' cannot be written: name a path in a folder that you may write to.", error.ToString().Trim());
        Assert.Equal(["file", "folder", "key"], Directory.GetFileSystemEntries(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Draft_ThatIsGivenUp_LeavesTheFileAsItWas()
    {
        string path = Path.Combine(_folder, "deployment.json");
        File.WriteAllText(path, "before");

        new DeploymentDraft(path).Dispose();

        Assert.Equal("before", File.ReadAllText(path));
        Assert.Equal([path], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Read_MissingFile_NamesTheRemedy()
    {
        string path = Path.Combine(_folder, "none.json");

        Assert.Equal(
            $"The deployment file '{path}' does not exist: deploy first with `omargin deploy`, or name the file of a deployment.",
            Assert.Throws<DeploymentException>(() => DeploymentFile.Read(path)).Message);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("[1,2]")]
    [InlineData("{ \"chainId\": 1, \"block\": 2, \"contracts\": {}, \"tokens\": [], \"underlyings\": [] }")]
    [InlineData("{ \"chainId\": -1 }")]
    public void Read_NoDeployment_NamesTheFile(string content)
    {
        string path = Path.Combine(_folder, "bad.json");
        File.WriteAllText(path, content);

        Assert.Contains($"'{path}'", Assert.Throws<DeploymentException>(() => DeploymentFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadPlan_UnknownMember_IsRefused()
    {
        string path = Path.Combine(_folder, "plan.json");
        File.WriteAllText(path, "{ \"tokenz\": [] }");

        Assert.Contains("tokenz", Assert.Throws<DeploymentException>(() => DeploymentPlanFile.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadArtifact_NotCompiled_NamesTheRemedy() =>
        Assert.Equal(
            $"The contract Vault is not among the compiled ones in '{_folder}': run `npm ci && npx hardhat build --no-tests`, or name the folder of the artifacts.",
            Assert.Throws<DeploymentException>(() => new ArtifactFolder(_folder).Read("Vault")).Message);

    /// <summary>Contracts are deployed once and for ever: one that was compiled before a change would lack it, and no check after it would tell.</summary>
    [Theory]
    [InlineData("contract Vault {}", "contract Test {}", true)]
    [InlineData("contract Vault { uint256 private _mended; }", "contract Test {}", false)]
    [InlineData("contract Vault {}", "contract Test { uint256 private _more; }", true)]
    [InlineData(null, "contract Test {}", true)]
    public void RequireCurrent_SourceChangedSinceItWasCompiled_IsRefused(string? vault, string test, bool passes)
    {
        string artifacts = Path.Combine(_folder, "artifacts");
        foreach (string folder in (string[])["artifacts/contracts/Vault.sol", "artifacts/build-info", "contracts/test"])
        {
            Directory.CreateDirectory(Path.Combine(_folder, folder));
        }

        File.WriteAllText(Path.Combine(artifacts, "contracts/Vault.sol/Vault.json"), """{ "inputSourceName": "project/contracts/Vault.sol", "buildInfoId": "one" }""");
        File.WriteAllText(Path.Combine(artifacts, "build-info/one.json"), """
            { "input": { "sources": { "npm/other/Vault.sol": { "content": "contract Other {}" }, "project/contracts/Vault.sol": { "content": "contract Vault {}" }, "project/contracts/test/Test.sol": { "content": "contract Test {}" } } } }
            """);
        File.WriteAllText(Path.Combine(_folder, "contracts/test/Test.sol"), test);
        if (vault is not null)
        {
            File.WriteAllText(Path.Combine(_folder, "contracts/Vault.sol"), vault);
        }

        Exception? refused = Record.Exception(new ArtifactFolder(artifacts).RequireCurrent);

        Assert.Equal(passes ? null : $"The contracts in '{artifacts}' were compiled from another '{Path.Combine(_folder, "contracts/Vault.sol")}' than is there now: compile again with `npx hardhat build --no-tests`.", refused?.Message);
    }

    [Theory]
    [InlineData("[]", "{}", "Vault.json")]
    [InlineData("""{ "inputSourceName": 1 }""", "{}", "Vault.json")]
    [InlineData("""{ "inputSourceName": "project/contracts/Vault.sol" }""", "{}", "Vault.json")]
    [InlineData("""{ "inputSourceName": "project/contracts/Vault.sol", "buildInfoId": "one" }""", "{}", "one.json")]
    [InlineData("""{ "inputSourceName": "project/contracts/Vault.sol", "buildInfoId": "one" }""", """{ "input": { "sources": 1 } }""", "one.json")]
    [InlineData("""{ "inputSourceName": "project/contracts/Vault.sol", "buildInfoId": "two" }""", "{}", "two.json")]
    public void RequireCurrent_DamagedFile_IsNamedWithTheRemedy(string artifact, string build, string named)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "contracts"));
        Directory.CreateDirectory(Path.Combine(_folder, "build-info"));
        File.WriteAllText(Path.Combine(_folder, "contracts/Vault.json"), artifact);
        File.WriteAllText(Path.Combine(_folder, "build-info/one.json"), build);

        string said = Assert.Throws<DeploymentException>(new ArtifactFolder(_folder).RequireCurrent).Message;

        Assert.Matches($"^The file '[^']*/{named}' of the compiler cannot be used \\(.*\\): compile again with `npx hardhat build --no-tests --force`\\.$", said);
    }

    [Fact]
    public void ReadArtifact_Interface_IsRefused()
    {
        File.WriteAllText(Path.Combine(_folder, "IVault.json"), "{ \"abi\": [], \"bytecode\": \"0x\" }");

        Assert.Contains("has no code", Assert.Throws<DeploymentException>(() => new ArtifactFolder(_folder).Read("IVault")).Message, StringComparison.Ordinal);
    }
}
