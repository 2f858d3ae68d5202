using System.Diagnostics;

namespace OnchainMargin.Cli.Demo;

/// <summary>
/// A process that the demo starts and ends by its id. Its output goes to a log file; its id stands in a file beside it, with the demo's own, so that the
/// script can end it should the demo itself be killed, and touches none of another demo's.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _idFile;
    private readonly Task _copying;
    private bool _isDisposed;

    private ChildProcess(Process process, string idFile, string logFile)
    {
        _process = process;
        _idFile = idFile;
        LogFile = logFile;
        _copying = CopyAsync(process, logFile);
    }

    /// <summary>Where its output goes.</summary>
    public string LogFile { get; }

    /// <summary>Whether it ended by itself.</summary>
    public bool HasEnded => _isDisposed || _process.HasExited;

    /// <summary>Starts a process.</summary>
    /// <param name="directory">Where its log and id files go.</param>
    /// <param name="name">The name of those files.</param>
    /// <param name="mark">A word of its command line, by which the script knows that an id still means this process.</param>
    /// <param name="file">What to run.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="environment">Environment variables added to the demo's own.</param>
    public static ChildProcess Start(
        string directory, string name, string mark, string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>(StringComparer.Ordinal))
        {
            start.Environment[key] = value;
        }

        var process = Process.Start(start) ?? throw new CliException($"{file} did not start: check that it can be run.");
        process.StandardInput.Close();
        var idFile = Path.Combine(directory, $"{name}.pid");
        File.WriteAllText(idFile, $"{process.Id} {mark} {Environment.ProcessId}\n");
        return new ChildProcess(process, idFile, Path.Combine(directory, $"{name}.log"));
    }

    /// <summary>The last lines of its output.</summary>
    public string LogTail()
    {
        using var stream = new FileStream(LogFile, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return string.Join('\n', reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(12));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
        {
            return;
        }

        _isDisposed = true;
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }

        await _process.WaitForExitAsync();
        await _copying;
        _process.Dispose();
        File.Delete(_idFile);
    }

    private static async Task CopyAsync(Process process, string logFile)
    {
        await using var log = new FileStream(logFile, FileMode.Create, FileAccess.Write, FileShare.Read);
        using var turn = new SemaphoreSlim(1);
        await Task.WhenAll(PumpAsync(process.StandardOutput.BaseStream, log, turn), PumpAsync(process.StandardError.BaseStream, log, turn));
    }

    private static async Task PumpAsync(Stream from, FileStream log, SemaphoreSlim turn)
    {
        var buffer = new byte[8192];
        for (var count = await from.ReadAsync(buffer); count > 0; count = await from.ReadAsync(buffer))
        {
            await turn.WaitAsync();
            try
            {
                await log.WriteAsync(buffer.AsMemory(0, count));
                await log.FlushAsync();
            }
            finally
            {
                turn.Release();
            }
        }
    }
}
