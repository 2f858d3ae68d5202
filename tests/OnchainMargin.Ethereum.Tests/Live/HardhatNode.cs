using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Ethereum.Tests.Support;

namespace OnchainMargin.Ethereum.Tests.Live;

/// <summary>A Hardhat node on a free port, started once for all live tests and ended by its id.</summary>
public sealed class HardhatNode : IAsyncLifetime
{
    /// <summary>The first account that every Hardhat node funds; the key is public.</summary>
    public const string FirstKey = "0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

    private Process? _process;

    internal Uri Http { get; private set; } = new("http://127.0.0.1:1");

    internal Uri WebSocket => new UriBuilder(Http) { Scheme = "ws" }.Uri;

    internal HttpRpcClient Rpc { get; private set; } = null!;

    internal EthereumNode Node { get; private set; } = null!;

    internal PrivateKey Key { get; } = PrivateKey.Parse(FirstKey, "the tests");

    public async Task InitializeAsync()
    {
        string bin = Path.Combine(TestFiles.Root, "node_modules", ".bin");
        if (!File.Exists(Path.Combine(bin, "hardhat")))
        {
            return;
        }

        int port = FreePort();
        Http = new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/");
        _process = StartProcess(bin, port);
        Rpc = new HttpRpcClient(new HttpRpcOptions { Endpoint = Http, RetryCount = 0 });
        Node = new EthereumNode(Rpc, new RevertDecoder(Generated.EchoLab.DecodeError));
        await WaitUntilUpAsync(_process);
    }

    public async Task DisposeAsync()
    {
        Rpc?.Dispose();
        Key.Dispose();
        if (_process is not null)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static Process StartProcess(string bin, int port)
    {
        var start = new ProcessStartInfo(File.Exists(Path.Combine(bin, "node")) ? Path.Combine(bin, "node") : "node")
        {
            WorkingDirectory = TestFiles.Root,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            UseShellExecute = false,
        };
        foreach (string argument in (string[])[Path.Combine(bin, "hardhat"), "node", "--hostname", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture)])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["HARDHAT_DISABLE_TELEMETRY_PROMPT"] = "true";
        Process process = Process.Start(start)!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private async Task WaitUntilUpAsync(Process process)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                _ = await Node.GetChainIdAsync();
                return;
            }
            catch (RpcTransportException) when (!process.HasExited && Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(90))
            {
                await Task.Delay(100);
            }
        }
    }
}
