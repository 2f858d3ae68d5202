using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace OnchainMargin.Tests.Shared;

/// <summary>A Hardhat node of the tests' own on a free port; it is ended by its process, never by name.</summary>
internal sealed class HardhatProcess : IAsyncDisposable
{
    /// <summary>The first account that every Hardhat node funds; the key is public.</summary>
    public const string FirstKey = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

    private static readonly TimeSpan MostWait = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Process _process;
    private readonly StringBuilder _log;

    private HardhatProcess(Process process, StringBuilder log, int port)
    {
        _process = process;
        _log = log;
        Http = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}/"));
    }

    /// <summary>Whether Hardhat is installed in this repository.</summary>
    public static bool IsInstalled => File.Exists(Path.Combine(TestFiles.Root, "node_modules", ".bin", "hardhat"));

    /// <summary>Where it answers; the same address takes WebSockets.</summary>
    public Uri Http { get; }

    /// <summary>Starts a node and waits until it answers.</summary>
    public static async Task<HardhatProcess> StartAsync()
    {
        int port = FreePort.Find();
        var log = new StringBuilder();
        Process process = LoggedProcess.StartHardhat(["node", "--hostname", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture)], log);
        var node = new HardhatProcess(process, log, port);
        using var client = new HttpClient();
        long began = Stopwatch.GetTimestamp();
        while (!await node.AnswersAsync(client))
        {
            if (process.HasExited || Stopwatch.GetElapsedTime(began) > MostWait)
            {
                await node.DisposeAsync();
                throw new InvalidOperationException($"the Hardhat node ended or did not answer within {MostWait.TotalSeconds} s: {log}");
            }

            await Task.Delay(Pause);
        }

        return node;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    /// <summary>The end of what it printed.</summary>
    public override string ToString() => _log.ToString();

    private async Task<bool> AnswersAsync(HttpClient client)
    {
        try
        {
            using var question = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}""", Encoding.UTF8, "application/json");
            using HttpResponseMessage answer = await client.PostAsync(Http, question);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
