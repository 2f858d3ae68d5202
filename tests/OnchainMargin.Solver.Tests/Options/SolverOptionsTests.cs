using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Tests.Options;

public sealed class SolverOptionsTests
{
    [Fact]
    public void Load_NamedInSeveralPlaces_TheFileGoesBeforeDefaultsAndOverridesBeforeBoth()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, """{ "nodeUrl": "http://file", "storeFile": "file.db" }""");
        SolverOptions options = SolverOptions.Load(
            file,
            new Dictionary<string, string?> { ["storeFile"] = "command.db" },
            new Dictionary<string, string?> { ["nodeUrl"] = "http://environment", ["deploymentFile"] = "environment.json" });
        File.Delete(file);
        Assert.Equal(("http://file", "environment.json", "command.db"), (options.NodeUrl, options.DeploymentFile, options.StoreFile));
    }

    [Fact]
    public void Validate_LogOfProposalsThatCannotBeWritten_IsRefusedAtTheStart()
    {
        string folder = Directory.CreateTempSubdirectory("omargin-options-").FullName;
        foreach ((string file, bool isWritable) in new[] { (folder, false), (Path.Combine(folder, "none", "log.jsonl"), false), (Path.Combine(folder, "log.jsonl"), true) })
        {
            var options = new SolverOptions { Roles = [SolverRoles.Parameters], Parameters = new ParameterOptions { LogFile = file } };
            string said = Record.Exception(options.Validate)?.Message ?? "";
            Assert.Equal(!isWritable, said.StartsWith($"Option parameters:logFile names '{file}', which cannot be written (", StringComparison.Ordinal));
        }

        Directory.Delete(folder, recursive: true);
    }

    /// <summary>What the server takes, and nothing that it would refuse with a trace, or take for every address of the machine.</summary>
    [Theory]
    [InlineData("http://127.0.0.1:8600", true)]
    [InlineData("http://0.0.0.0:8600/", true)]
    [InlineData("http://[::1]:0", true)]
    [InlineData("http://localhost:8600", true)]
    [InlineData("https://127.0.0.1:8600", false)]
    [InlineData("http://127.0.0.1:8600/solver", false)]
    [InlineData("http://127.0.0.1:8600/?a", false)]
    [InlineData("http://me:secret@127.0.0.1:8600", false)]
    [InlineData("http://margin.example:8600", false)]
    [InlineData("http://+:8600", false)]
    [InlineData("8600", false)]
    [InlineData("", false)]
    public void Validate_AddressToListenAt_IsHttpOfThisMachineWithoutAPath(string url, bool isTaken)
    {
        var options = new SolverOptions { Roles = [SolverRoles.Api], Api = new ApiOptions { Url = url } };
        string said = Record.Exception(options.Validate)?.Message ?? "";
        Assert.Equal(!isTaken, said.StartsWith("Option api:url is nothing to listen at", StringComparison.Ordinal));
        Assert.DoesNotContain("secret", said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{", "(expected depth to be zero at the end of the JSON payload. There is an open JSON object or array that should be closed, line 1, character 2)")]
    [InlineData("""{ "keeper": { "pollMilliseconds": "soon" } }""", "(the value 'soon' at 'Keeper:PollMilliseconds' does not fit)")]
    [InlineData("""{ "roles": "keeper" }""", "Roles")]
    [InlineData("""{ "keeper": { "pollSeconds": 1 } }""", "(no option of keeper is called 'pollSeconds')")]
    public void Load_FileThatCannotBeUsed_NamesTheFileTheInputAndTheRemedy(string content, string input)
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, content);
        SolverOptionsException error = Assert.Throws<SolverOptionsException>(() => SolverOptions.Load(file));
        File.Delete(file);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(input, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("OnchainMargin.", error.Message, StringComparison.Ordinal);
        Assert.Contains("correct it, the options are listed in docs/configuration.md", error.Message, StringComparison.Ordinal);
    }
}
