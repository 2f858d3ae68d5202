using System.Diagnostics;
using System.Text;

namespace OnchainMargin.EndToEnd.Tests.Support;

/// <summary>The repository that the tests run in: its Hardhat, its compiled contracts.</summary>
internal static class Repository
{
    private static readonly Lock Gate = new();

    /// <summary>The folder of the compiled contracts; they are compiled first when they are not there.</summary>
    public static string Artifacts()
    {
        lock (Gate)
        {
            string artifacts = Path.Combine(TestFiles.Root, "artifacts");
            if (!Directory.Exists(Path.Combine(artifacts, "contracts")))
            {
                var log = new StringBuilder();
                using Process build = StartHardhat(["build"], log);
                build.WaitForExit();
                Assert.True(build.ExitCode == 0, $"hardhat build failed: {log}");
            }

            return artifacts;
        }
    }

    public static Process StartHardhat(IEnumerable<string> arguments, StringBuilder log)
    {
        string bin = Path.Combine(TestFiles.Root, "node_modules", ".bin");
        var start = new ProcessStartInfo(Path.Combine(bin, "node"))
        {
            WorkingDirectory = TestFiles.Root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.ArgumentList.Add(Path.Combine(bin, "hardhat"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return StartLogged(start, log);
    }

    public static Process StartLogged(ProcessStartInfo start, StringBuilder log)
    {
        const int MostLog = 100_000;
        var process = new Process { StartInfo = start };
        void Write(object sender, DataReceivedEventArgs line)
        {
            lock (log)
            {
                log.AppendLine(line.Data);
                if (log.Length > MostLog)
                {
                    log.Remove(0, log.Length - (MostLog / 2));
                }
            }
        }

        process.OutputDataReceived += Write;
        process.ErrorDataReceived += Write;
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
