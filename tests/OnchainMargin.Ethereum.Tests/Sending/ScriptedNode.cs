using System.Text.Json;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Rpc;

namespace OnchainMargin.Ethereum.Tests.Sending;

/// <summary>A JSON-RPC client whose answers a test writes, method by method; the typed node above it is the real one.</summary>
internal sealed class ScriptedNode : IRpcClient
{
    private readonly Dictionary<string, Func<string, string>> _answers = new(StringComparer.Ordinal)
    {
        ["eth_chainId"] = static _ => "\"0x1\"",
        ["eth_estimateGas"] = static _ => "\"0x5208\"",
        ["eth_feeHistory"] = static _ => """{"baseFeePerGas":["0x64"],"reward":[["0x2"]]}""",
        ["eth_getTransactionCount"] = static _ => "\"0x7\"",
        ["eth_getTransactionReceipt"] = static _ => "null",
        ["eth_getTransactionByHash"] = static _ => "null",
        ["eth_blockNumber"] = static _ => "\"0x10\"",
        ["eth_getBlockByNumber"] = static _ => "null",
    };

    public List<string> Calls { get; } = [];

    public IEthereumNode Node => new EthereumNode(this);

    public ScriptedNode On(string method, Func<string, string> answer)
    {
        _answers[method] = answer;
        return this;
    }

    public static string Fail(string message, int code = -32000) => throw new RpcErrorException("eth_sendRawTransaction", new RpcError(code, message, null));

    public Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default)
    {
        string parameters = System.Text.Encoding.UTF8.GetString(request.Parameters.Span);
        Calls.Add(request.Method);
        string answer = _answers[request.Method](JsonDocument.Parse(parameters).RootElement is { ValueKind: JsonValueKind.Array } array && array.GetArrayLength() > 0 ? array[0].ToString() : "");
        return Task.FromResult<ReadOnlyMemory<byte>>(System.Text.Encoding.UTF8.GetBytes(answer));
    }

    public async Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default)
    {
        var replies = new List<RpcReply>();
        foreach (RpcRequest request in requests)
        {
            replies.Add(new RpcReply(request.Method, await SendAsync(request, cancellationToken), null));
        }

        return replies;
    }
}
