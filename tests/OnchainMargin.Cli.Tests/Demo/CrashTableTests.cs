using System.Diagnostics;

namespace OnchainMargin.Cli.Tests.Demo;

public sealed class CrashTableTests
{
    [SharedDataFact("options/deribit_chain_6h_2026-01-28_2026-02-12.csv.gz")]
    public async Task Table_IsWhatTheOptionChainsGive()
    {
        var start = new ProcessStartInfo(Path.Combine(TestFiles.Root, "node_modules", ".bin", "node"), ["scripts/derive-crash.js", "--check"])
        {
            WorkingDirectory = TestFiles.Root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        string said = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal((0, string.Empty), (process.ExitCode, said));
    }
}
