using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.EndToEnd.Tests.Support;

/// <summary>A solver in a process of its own, as an operator runs it, that can be killed at any instruction.</summary>
public sealed class SolverProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _log;

    private SolverProcess(Process process, StringBuilder log)
    {
        _process = process;
        _log = log;
    }

    public bool HasExited => _process.HasExited;

    public int Id => _process.Id;

    public static SolverProcess Start(Deployed world, SolverOptions options)
    {
        string file = Path.Combine(world.Folder, $"solver-{Guid.NewGuid():N}.json");
        File.WriteAllText(file, JsonSerializer.Serialize(options, JsonSerializerOptions.Web));
        var start = new ProcessStartInfo("dotnet") { WorkingDirectory = world.Folder, UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])[Path.Combine(AppContext.BaseDirectory, "omargin.dll"), "solver", "run", "--config", file])
        {
            start.ArgumentList.Add(argument);
        }

        var log = new StringBuilder();
        return new SolverProcess(LoggedProcess.Start(start, log), log);
    }

    /// <summary>Ends the process without a chance to tidy up.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }
    }

    /// <summary>Stops the process where it is, as a machine that hangs, or lets it go on.</summary>
    public async Task SignalAsync(bool stop)
    {
        using Process signal = Process.Start("kill", [stop ? "-STOP" : "-CONT", Id.ToString(CultureInfo.InvariantCulture)]);
        await signal.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _process.Dispose();
    }

    public override string ToString()
    {
        lock (_log)
        {
            return _log.ToString();
        }
    }
}
