using System.Text.Json;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Protocol;

namespace OnchainMargin.EndToEnd.Tests.Support;

/// <summary>A Hardhat node as the end-to-end tests use it: its time, its blocks, its snapshots.</summary>
public sealed class HardhatNode : IAsyncDisposable
{
    private Task<JsonElement> SetBalanceAsync(Address address, string wei) => CallAsync("hardhat_setBalance", writer =>
    {
        writer.WriteStringValue(address.ToString());
        writer.WriteStringValue(wei);
    });

    private readonly HardhatProcess _process;
    private readonly HttpRpcClient _rpc;

    private HardhatNode(HardhatProcess process)
    {
        _process = process;
        Url = process.Http.ToString().TrimEnd('/');
        WebSocketUrl = new UriBuilder(process.Http) { Scheme = "ws" }.Uri.ToString().TrimEnd('/');
        _rpc = new HttpRpcClient(new Uri(Url));
        Node = new EthereumNode(_rpc, ProtocolErrors.Decoder);
    }

    public string Url { get; }

    public string WebSocketUrl { get; }

    public IEthereumNode Node { get; }

    public static async Task<HardhatNode> StartAsync() => new(await HardhatProcess.StartAsync());

    public Task FundAsync(Address address) => SetBalanceAsync(address, "0x21e19e0c9bab2400000");

    /// <summary>Takes all coins from somebody, who then sends nothing.</summary>
    public Task EmptyAsync(Address address) => SetBalanceAsync(address, "0x0");

    /// <summary>Lets time pass on the chain and makes a block.</summary>
    public async Task PassAsync(int seconds)
    {
        await CallAsync("evm_increaseTime", writer => writer.WriteNumberValue(seconds));
        await MineAsync();
    }

    public Task MineAsync() => CallAsync("evm_mine", static _ => { });

    public async Task<string> SnapshotAsync() => (await CallAsync("evm_snapshot", static _ => { })).GetString()!;

    public Task RevertAsync(string snapshot) => CallAsync("evm_revert", writer => writer.WriteStringValue(snapshot));

    /// <summary>Sets the code of an address, as a key's owner may at any time (EIP-7702).</summary>
    public Task SetCodeAsync(Address address, string code) => CallAsync("hardhat_setCode", writer =>
    {
        writer.WriteStringValue(address.ToString());
        writer.WriteStringValue(code);
    });

    public Task SetAutomineAsync(bool isOn) => CallAsync("evm_setAutomine", writer => writer.WriteBooleanValue(isOn));

    public ValueTask DisposeAsync()
    {
        _rpc.Dispose();
        return _process.DisposeAsync();
    }

    public override string ToString() => _process.ToString();

    private async Task<JsonElement> CallAsync(string method, Action<Utf8JsonWriter> parameters)
    {
        using JsonDocument reply = JsonDocument.Parse(await _rpc.SendAsync(RpcRequest.Create(method, parameters)));
        return reply.RootElement.Clone();
    }
}
