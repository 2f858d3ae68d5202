using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Protocol;

namespace OnchainMargin.EndToEnd.Tests.Support;

/// <summary>A Hardhat node of the tests' own on a free port; it is ended by its process, never by name.</summary>
public sealed class HardhatNode : IAsyncDisposable
{
    private readonly Process _process;
    private readonly HttpRpcClient _rpc;
    private readonly StringBuilder _log;

    private HardhatNode(Process process, StringBuilder log, int port)
    {
        _process = process;
        _log = log;
        Url = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        WebSocketUrl = string.Create(CultureInfo.InvariantCulture, $"ws://127.0.0.1:{port}");
        _rpc = new HttpRpcClient(new Uri(Url));
        Node = new EthereumNode(_rpc, ProtocolErrors.Decoder);
    }

    public string Url { get; }

    public string WebSocketUrl { get; }

    public IEthereumNode Node { get; }

    public static async Task<HardhatNode> StartAsync()
    {
        int port = FreePort();
        var log = new StringBuilder();
        Process process = Repository.StartHardhat(["node", "--hostname", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture)], log);
        var node = new HardhatNode(process, log, port);
        for (int i = 0; i < 600; i++)
        {
            if (process.HasExited)
            {
                throw new InvalidOperationException($"The Hardhat node ended as it started: {log}");
            }

            try
            {
                await node.Node.GetChainIdAsync();
                return node;
            }
            catch (RpcTransportException)
            {
                await Task.Delay(100);
            }
        }

        throw new InvalidOperationException($"The Hardhat node did not answer within a minute: {log}");
    }

    public Task FundAsync(Address address) => CallAsync("hardhat_setBalance", writer =>
    {
        writer.WriteStringValue(address.ToString());
        writer.WriteStringValue("0x21e19e0c9bab2400000");
    });

    /// <summary>Lets time pass on the chain and makes a block.</summary>
    public async Task PassAsync(int seconds)
    {
        await CallAsync("evm_increaseTime", writer => writer.WriteNumberValue(seconds));
        await MineAsync();
    }

    public Task MineAsync() => CallAsync("evm_mine", static _ => { });

    public async Task<string> SnapshotAsync() => (await CallAsync("evm_snapshot", static _ => { })).GetString()!;

    public Task RevertAsync(string snapshot) => CallAsync("evm_revert", writer => writer.WriteStringValue(snapshot));

    public Task SetAutomineAsync(bool isOn) => CallAsync("evm_setAutomine", writer => writer.WriteBooleanValue(isOn));

    public async ValueTask DisposeAsync()
    {
        _rpc.Dispose();
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    public override string ToString() => _log.ToString();

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private async Task<JsonElement> CallAsync(string method, Action<Utf8JsonWriter> parameters)
    {
        using JsonDocument reply = JsonDocument.Parse(await _rpc.SendAsync(RpcRequest.Create(method, parameters)));
        return reply.RootElement.Clone();
    }
}
