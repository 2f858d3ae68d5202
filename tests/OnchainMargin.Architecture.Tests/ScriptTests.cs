using System.Diagnostics;

namespace OnchainMargin.Architecture.Tests;

public sealed class ScriptTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    public static TheoryData<string> Scripts =>
        [.. Repository.Files("scripts", ".sh").Concat(Repository.Files("scripts", ".js")).Select(Repository.Relative).Where(script => !script.StartsWith("scripts/lib/", StringComparison.Ordinal))];

    public void Dispose() => _folder.Delete(recursive: true);

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

    /// <summary>Whatever goes wrong between a runner and the sum is one failure, never none: no report, no folder for logs, a runner's note that is empty because the disk is full.</summary>
    [Theory]
    [InlineData("counted runner 1 echo '7 0 1'", "7 0 1")]
    [InlineData("counted runner 1 false", "0 1 0")]
    [InlineData("counted runner 1 echo 'passed: 7'", "0 1 0")]
    [InlineData("check holds true; check fails false", "1 1 0")]
    [InlineData("OUT=$OUT/none; check unwritable true", "0 1 0")]
    [InlineData("aside runner sh -c 'exit 3' & wait $!; ended runner; counted runner $seconds echo 4 $code 0", "4 3 0")]
    [InlineData(": >$OUT/runner.exit; ended runner; counted runner $seconds echo 4 $code 0", "4 1 0")]
    [InlineData("ended runner; counted runner $seconds echo 4 $code 0", "4 1 0")]
    public async Task Sum_OfChecks_CountsWhatTellsNothingAsFailed(string commands, string expected)
    {
        (int code, string output, _) = await RunAsync("-c", Checks($"{commands}; echo $passed $failed $skipped"));

        Assert.Equal((0, expected), (code, output.TrimEnd('\n').Split('\n')[^1]));
    }

    /// <summary>A terminal's Ctrl-C reaches the script alone, since a runner with a limit is in a group of its own: what it runs ends with it, also what runs beside.</summary>
    [Theory]
    [InlineData("limited 60 sh -c 'echo $$; exec sleep 60'")]
    [InlineData("aside runner timeout 60 sh -c 'echo $$; exec sleep 60' & background+=($!); wait $!")]
    public async Task Signal_ToAScript_EndsWhatItRuns(string commands)
    {
        using Process script = Process.Start(new ProcessStartInfo("bash", ["-c", Checks(commands)]) { WorkingDirectory = TestFiles.Root, UseShellExecute = false, RedirectStandardOutput = true })!;
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        int runner = int.Parse((await script.StandardOutput.ReadLineAsync(limit.Token))!, System.Globalization.CultureInfo.InvariantCulture);

        (int code, _, _) = await RunAsync("-c", $"kill -TERM {script.Id}");
        await script.WaitForExitAsync(limit.Token);
        // Its output is at an end once nobody has it open any more: the script, and what it ran.
        await script.StandardOutput.ReadToEndAsync(limit.Token);

        Assert.Equal((0, 130), (code, script.ExitCode));
        Assert.False(Directory.Exists($"/proc/{runner}") && Process.GetProcessById(runner).ProcessName == "sleep");
    }

    [Fact]
    public async Task RequireAlone_BesideAnotherRun_Refuses()
    {
        (int code, string output, string error) = await RunAsync("-c", $". scripts/lib/common.sh; RUN_DIRECTORY={_folder.FullName}; (exec -a scripts/test.sh sleep 60) & echo $! >$RUN_DIRECTORY/test.pid; sleep 1; (require_alone test); refused=$?; kill $!; wait $!; require_alone test; echo $refused");

        Assert.Equal((0, "1"), (code, output.TrimEnd('\n')));
        Assert.Matches("^error: scripts/test.sh runs in this folder already \\(process [0-9]+\\): wait for its end, or take another checkout.", error);
    }

    /// <summary>The lines that count checks, with a folder of this test for their logs.</summary>
    private string Checks(string commands) => $"set -u -o pipefail; OUT={_folder.FullName}; . scripts/lib/words.sh; . scripts/lib/checks.sh; {commands}";

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
