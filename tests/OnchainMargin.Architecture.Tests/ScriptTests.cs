using System.Diagnostics;

namespace OnchainMargin.Architecture.Tests;

public sealed class ScriptTests
{
    public static TheoryData<string> Scripts =>
        [.. Repository.Files("scripts", ".sh").Concat(Repository.Files("scripts", ".js")).Select(Repository.Relative).Where(script => !script.StartsWith("scripts/lib/", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Scripts))]
    public async Task Help_OfAScript_IsTheCommentAtItsHead(string script)
    {
        (int code, string output, string error) = await RunAsync(script, "--help");

        Assert.Equal((0, string.Empty), (code, error));
        Assert.Equal(File.ReadLines(Path.Combine(TestFiles.Root, script)).SkipWhile(line => line.StartsWith("#!", StringComparison.Ordinal)).TakeWhile(line => line.StartsWith('#') || line.StartsWith("//", StringComparison.Ordinal)).Select(line => line.TrimStart('#', '/').TrimStart()), output.TrimEnd('\n').Split('\n').Select(line => line.TrimStart()));
    }

    [Theory]
    [InlineData("scripts/soak.sh", "--node-port", "error: '' is no whole number")]
    [InlineData("scripts/abi.js", "--chek", "error: '--chek' is not known")]
    [InlineData("scripts/derive-crash.js", "--chek", "error: '--chek' is not known")]
    [InlineData("scripts/gas-oracle.js", "--chek", "error: '--chek' is not known: give nothing.")]
    [InlineData("spec/generate-oracle.js", "--chek", "error: '--chek' is not known: give --check or nothing.")]
    [InlineData("scripts/differential.sh", "many", "error: COUNT is 'many'")]
    [InlineData("scripts/differential.sh", "0", "error: COUNT is '0'")]
    [InlineData("scripts/differential.sh", "16 1 0 Accounts", "error: KIND is 'Accounts': give RandomAccounts or EdgeAccounts.")]
    [InlineData("scripts/search.sh", "3 0 one", "error: SEED is 'one'")]
    [InlineData("scripts/invariants.sh", "many", "error: CALLS is 'many'")]
    [InlineData("scripts/test.sh", "--chek", "error: '--chek' is not known: give parts of checks' names")]
    [InlineData("scripts/test.sh", "Margin --quick", "error: '--quick' is not known: give parts of checks' names")]
    public async Task Argument_ThatIsNone_IsOneSentence(string script, string arguments, string expected)
    {
        (int code, string output, string error) = await RunAsync(script, arguments.Split(' '));

        Assert.Equal((1, string.Empty), (code, output));
        Assert.StartsWith(expected, error, StringComparison.Ordinal);
    }

    /// <summary>A run that was asked for something and had nothing of that name has tested nothing of it.</summary>
    [Theory]
    [InlineData("Margn", "Margn")]
    [InlineData("Cli Margn build", "Margn")]
    [InlineData("lint Cli", "")]
    [InlineData("", "")]
    public async Task Words_ThatNoNameContains_AreNamed(string words, string expected)
    {
        (int code, string output, string error) = await RunAsync("-c", $"set -u; . scripts/lib/words.sh {words}; for name in lint-shell dotnet-build OnchainMargin.Cli.Tests; do wanted $name; done; unmatched");

        Assert.Equal((0, expected, string.Empty), (code, output.TrimEnd('\n'), error));
    }

    private static async Task<(int Code, string Output, string Error)> RunAsync(string script, params string[] arguments)
    {
        string program = script.EndsWith(".js", StringComparison.Ordinal) ? Path.Combine(TestFiles.Root, "node_modules", ".bin", "node") : "bash";
        using Process process = Process.Start(new ProcessStartInfo(program, [script, .. arguments])
        {
            WorkingDirectory = TestFiles.Root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
            string output = await process.StandardOutput.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, output, await error);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}
