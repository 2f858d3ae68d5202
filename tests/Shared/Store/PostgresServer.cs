using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace OnchainMargin.Tests.Shared;

/// <summary>A PostgreSQL server of the tests' own: a folder and a port of this machine, gone with the process. It does not run as root, so root's tests run it as Debian's user for it.</summary>
internal sealed class PostgresServer : IDisposable
{
    private const string User = "postgres";

    private static readonly Lazy<PostgresServer> Started = new(Start, LazyThreadSafetyMode.ExecutionAndPublication);
    private static readonly string? Programs = Find();
    private static int _schemas;

    private readonly Process _process;
    private readonly string _folder;
    private readonly string _server;

    private PostgresServer(Process process, string folder, int port)
    {
        _process = process;
        _folder = folder;
        _server = string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={port};Database=postgres;Username={User}");
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Dispose();
    }

    /// <summary>Why there is none; null when there is.</summary>
    public static string? Missing => Programs is null ? Needs.Sentence("PostgreSQL", "apt-get install postgresql") : null;

    /// <summary>The server of this process, started at the first use.</summary>
    public static PostgresServer Shared => Started.Value;

    /// <summary>Words that name an empty schema of the server.</summary>
    public string NewSchema()
    {
        string schema = string.Create(CultureInfo.InvariantCulture, $"tests_{Interlocked.Increment(ref _schemas)}");
        Execute($"CREATE SCHEMA {schema}");
        return $"{_server};Search Path={schema}";
    }

    /// <summary>Does something as the server's administrator.</summary>
    public void Execute(string sql)
    {
        using var connection = new NpgsqlConnection($"{_server};Pooling=False");
        connection.Open();
        using var command = new NpgsqlCommand(sql, connection);
        command.ExecuteNonQuery();
    }

    /// <summary>Ends the connections of all that call themselves so, as a cut between them and the server would.</summary>
    public void CutOff(string application) => Execute($"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '{application}'");

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            // Fast, as an administrator would: its own children end with it.
            Run("kill", "-INT", _process.Id.ToString(CultureInfo.InvariantCulture));
            _process.WaitForExit(10_000);
        }

        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    private static PostgresServer Start()
    {
        string folder = Directory.CreateTempSubdirectory("omargin-postgres-").FullName;
        string data = Path.Combine(folder, "data");
        if (Environment.IsPrivilegedProcess)
        {
            Run("chown", User, folder);
        }

        using (Process made = AsUser("initdb", "-D", data, "-A", "trust", "-U", User, "--no-sync", "--encoding=UTF8", "--locale=C"))
        {
            made.BeginErrorReadLine();
            made.WaitForExit();
        }

        int port = FreePort.Find();
        using var ready = new ManualResetEventSlim();
        Process process = AsUser("postgres", "-D", data, "-p", port.ToString(CultureInfo.InvariantCulture), "-h", "127.0.0.1", "-c", "unix_socket_directories=");
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data?.Contains("ready to accept connections", StringComparison.Ordinal) == true)
            {
                ready.Set();
            }
        };
        process.BeginErrorReadLine();
        var server = new PostgresServer(process, folder, port);
        return ready.Wait(TimeSpan.FromMinutes(1)) ? server : throw new InvalidOperationException($"the PostgreSQL of {Programs} does not start");
    }

    private static Process AsUser(string program, params string[] arguments)
    {
        string path = Path.Combine(Programs!, program);
        return Environment.IsPrivilegedProcess
            ? Begin("setpriv", [$"--reuid={User}", $"--regid={User}", "--clear-groups", path, .. arguments])
            : Begin(path, arguments);
    }

    private static void Run(string program, params string[] arguments)
    {
        using Process process = Begin(program, arguments);
        process.WaitForExit();
    }

    private static Process Begin(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Path.GetTempPath() };
        Array.ForEach(arguments, start.ArgumentList.Add);
        Process process = Process.Start(start)!;
        process.BeginOutputReadLine();
        return process;
    }

    private static string? Find()
    {
        IEnumerable<string> debian = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Order(StringComparer.Ordinal).Select(static version => Path.Combine(version, "bin")) : [];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(debian.Reverse()).FirstOrDefault(static folder => File.Exists(Path.Combine(folder, "initdb")) && File.Exists(Path.Combine(folder, "postgres")));
    }
}
