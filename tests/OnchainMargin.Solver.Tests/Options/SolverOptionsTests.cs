using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Tests.Options;

public sealed class SolverOptionsTests
{
    [Theory]
    [InlineData("{", "LineNumber: 0")]
    [InlineData("""{ "keeper": { "pollMilliseconds": "soon" } }""", "Keeper:PollMilliseconds")]
    [InlineData("""{ "roles": "keeper" }""", "Roles")]
    [InlineData("""{ "keeper": { "pollSeconds": 1 } }""", "'pollSeconds'")]
    public void Load_FileThatCannotBeUsed_NamesTheFileTheInputAndTheRemedy(string content, string input)
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, content);
        SolverOptionsException error = Assert.Throws<SolverOptionsException>(() => SolverOptions.Load(file));
        File.Delete(file);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(input, error.Message, StringComparison.Ordinal);
        Assert.Contains("correct it, the options are listed in docs/configuration.md", error.Message, StringComparison.Ordinal);
    }
}
