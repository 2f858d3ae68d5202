using System.Diagnostics;
using System.Text;

namespace OnchainMargin.Tests.Shared;

/// <summary>Processes that tests start, with the end of what they print.</summary>
internal static class LoggedProcess
{
    private const int MostLog = 100_000;

    /// <summary>Hardhat of this repository.</summary>
    public static Process StartHardhat(IEnumerable<string> arguments, StringBuilder log)
    {
        string bin = Path.Combine(TestFiles.Root, "node_modules", ".bin");
        string own = Path.Combine(bin, "node");
        var start = new ProcessStartInfo(File.Exists(own) ? own : "node") { WorkingDirectory = TestFiles.Root };
        start.ArgumentList.Add(Path.Combine(bin, "hardhat"));
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["HARDHAT_DISABLE_TELEMETRY_PROMPT"] = "true";
        return Start(start, log);
    }

    /// <summary>Starts a process and keeps the end of what it prints in <paramref name="log"/>.</summary>
    public static Process Start(ProcessStartInfo start, StringBuilder log)
    {
        start.UseShellExecute = false;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
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
