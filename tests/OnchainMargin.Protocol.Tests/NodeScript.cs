using System.Diagnostics;

namespace OnchainMargin.Protocol.Tests;

/// <summary>Runs a piece of JavaScript with the repository's packages, so that another library can be asked for the same answer.</summary>
internal static class NodeScript
{
    public static string[] Run(string script)
    {
        string root = TestFiles.Root;
        var start = new ProcessStartInfo(Path.Combine(root, "node_modules", ".bin", "node"))
        {
            WorkingDirectory = root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList = { "--input-type=module", "-e", script },
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.GetAwaiter().GetResult());
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
