using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Ethereum.Tests.Support;

namespace OnchainMargin.Ethereum.Tests.Live;

/// <summary>A Hardhat node on a free port, started once for all live tests and ended by its id.</summary>
public sealed class HardhatNode : IAsyncLifetime
{
    private HardhatProcess? _process;

    internal Uri Http { get; private set; } = new("http://127.0.0.1:1");

    internal Uri WebSocket => new UriBuilder(Http) { Scheme = "ws" }.Uri;

    internal HttpRpcClient Rpc { get; private set; } = null!;

    internal EthereumNode Node { get; private set; } = null!;

    internal PrivateKey Key { get; } = PrivateKey.Parse(HardhatProcess.FirstKey, "the tests");

    public async Task InitializeAsync()
    {
        if (!HardhatProcess.IsInstalled)
        {
            return;
        }

        _process = await HardhatProcess.StartAsync();
        Http = _process.Http;
        Rpc = new HttpRpcClient(new HttpRpcOptions { Endpoint = Http, RetryCount = 0 });
        Node = new EthereumNode(Rpc, new RevertDecoder(Generated.EchoLab.DecodeError));
    }

    public async Task DisposeAsync()
    {
        Rpc?.Dispose();
        Key.Dispose();
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}
