using System.Text.Json;
using OnchainMargin.Ethereum.Contracts;

namespace OnchainMargin.Ethereum.Node;

/// <content>Plain reads of the chain.</content>
public sealed partial class EthereumNode
{
    /// <inheritdoc/>
    public Task<ulong> GetChainIdAsync(CancellationToken cancellationToken = default) =>
        QueryAsync("eth_chainId", null, static value => RpcJson.UInt64(value, "the chain id"), cancellationToken);

    /// <inheritdoc/>
    public Task<ulong> GetBlockNumberAsync(CancellationToken cancellationToken = default) =>
        QueryAsync("eth_blockNumber", null, static value => RpcJson.UInt64(value, "the block number"), cancellationToken);

    /// <inheritdoc/>
    public Task<BlockHeader?> GetBlockAsync(BlockTag block, CancellationToken cancellationToken = default)
    {
        string text = block.ToString();
        string method = text.Length == 66 ? "eth_getBlockByHash" : "eth_getBlockByNumber";
        void Parameters(Utf8JsonWriter writer)
        {
            writer.WriteStringValue(text);
            writer.WriteBooleanValue(false);
        }

        return QueryAsync(method, Parameters, BlockHeader.Read, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BlockHeader?>> GetBlocksAsync(IReadOnlyList<ulong> numbers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        const string Method = "eth_getBlockByNumber";
        IReadOnlyList<Rpc.RpcReply> replies = await rpc.SendBatchAsync(
            [.. numbers.Select(static number => Rpc.RpcRequest.Create(Method, writer =>
            {
                writer.WriteStringValue(BlockTag.Number(number).ToString());
                writer.WriteBooleanValue(false);
            }))],
            cancellationToken).ConfigureAwait(false);
        return [.. replies.Select(static reply => reply.Error is { } error ? throw new RpcErrorException(Method, error) : RpcJson.Parse(reply.Result, Method, BlockHeader.Read))];
    }

    /// <inheritdoc/>
    public Task<UInt256> GetBalanceAsync(Address account, BlockTag block = default, CancellationToken cancellationToken = default) =>
        QueryAsync("eth_getBalance", At(account, block), static value => RpcJson.Quantity(value, "a balance"), cancellationToken);

    /// <inheritdoc/>
    public Task<ulong> GetTransactionCountAsync(Address account, BlockTag block = default, CancellationToken cancellationToken = default) =>
        QueryAsync("eth_getTransactionCount", At(account, block), static value => RpcJson.UInt64(value, "a transaction count"), cancellationToken);

    /// <inheritdoc/>
    public Task<byte[]> GetCodeAsync(Address address, BlockTag block = default, CancellationToken cancellationToken = default) =>
        QueryAsync("eth_getCode", At(address, block), static value => RpcJson.Bytes(value, "a contract's code"), cancellationToken);

    /// <inheritdoc/>
    public Task<TransactionReceipt?> GetReceiptAsync(Hash32 transactionHash, CancellationToken cancellationToken = default) =>
        QueryAsync("eth_getTransactionReceipt", writer => writer.WriteStringValue(transactionHash.ToString()), TransactionReceipt.Read, cancellationToken);

    /// <inheritdoc/>
    public Task<bool> IsTransactionKnownAsync(Hash32 transactionHash, CancellationToken cancellationToken = default) =>
        QueryAsync("eth_getTransactionByHash", writer => writer.WriteStringValue(transactionHash.ToString()), static value => value.ValueKind == JsonValueKind.Object, cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LogEntry>> GetLogsAsync(LogFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var request = Rpc.RpcRequest.Create("eth_getLogs", writer => filter.WriteTo(writer));
        return LogsParser.Parse(await rpc.SendAsync(request, cancellationToken).ConfigureAwait(false));
    }

    private static Action<Utf8JsonWriter> At(Address address, BlockTag block) => writer =>
    {
        writer.WriteStringValue(address.ToLowerHex());
        block.WriteTo(writer);
    };
}
