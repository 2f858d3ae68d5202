using System.Text.Json;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Rpc;

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
    public async Task<BlockHeader?> GetBlockAsync(BlockTag block, CancellationToken cancellationToken = default)
    {
        RpcRequest request = BlockRequest(block);
        return RpcJson.Parse(await rpc.SendAsync(request, cancellationToken).ConfigureAwait(false), request.Method, BlockHeader.Read);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<BlockHeader?>> GetBlocksAsync(IReadOnlyList<ulong> numbers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(numbers);
        IReadOnlyList<RpcReply> replies = await rpc.SendBatchAsync([.. numbers.Select(static number => BlockRequest(BlockTag.Number(number)))], cancellationToken).ConfigureAwait(false);
        return [.. replies.Select(static reply => RpcJson.Parse(reply.RequireResult(), reply.Method, BlockHeader.Read))];
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
        return LogsParser.Parse(await rpc.SendAsync(LogsRequest(filter), cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc/>
    public async Task<(BlockHeader? Last, IReadOnlyList<LogEntry> Logs)> GetLogsAndLastBlockAsync(LogFilter filter, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(filter);

        // The block comes first: one that arrives between the two answers is missing in neither.
        RpcRequest block = BlockRequest(filter.BlockHash is { } hash ? BlockTag.Hash(hash) : filter.ToBlock);
        IReadOnlyList<RpcReply> replies = await rpc.SendBatchAsync([block, LogsRequest(filter)], cancellationToken).ConfigureAwait(false);
        BlockHeader? last = RpcJson.Parse(replies[0].RequireResult(), block.Method, BlockHeader.Read);
        return (last, last is null ? [] : LogsParser.Parse(replies[1].RequireResult()));
    }

    /// <inheritdoc/>
    public async Task<(ulong BlockNumber, ulong Count)> GetTransactionCountAndBlockAsync(Address account, CancellationToken cancellationToken = default)
    {
        IReadOnlyList<RpcReply> replies = await rpc.SendBatchAsync([new RpcRequest("eth_blockNumber"), RpcRequest.Create("eth_getTransactionCount", At(account, BlockTag.Latest))], cancellationToken).ConfigureAwait(false);
        return (
            RpcJson.Parse(replies[0].RequireResult(), replies[0].Method, static value => RpcJson.UInt64(value, "the block number")),
            RpcJson.Parse(replies[1].RequireResult(), replies[1].Method, static value => RpcJson.UInt64(value, "a transaction count")));
    }

    private static RpcRequest BlockRequest(BlockTag block) => RpcRequest.Create(
        block.ToString().Length == 66 ? "eth_getBlockByHash" : "eth_getBlockByNumber",
        writer =>
        {
            writer.WriteStringValue(block.ToString());
            writer.WriteBooleanValue(false);
        });

    private static RpcRequest LogsRequest(LogFilter filter) => RpcRequest.Create("eth_getLogs", writer => filter.WriteTo(writer));

    private static Action<Utf8JsonWriter> At(Address address, BlockTag block) => writer =>
    {
        writer.WriteStringValue(address.ToLowerHex());
        block.WriteTo(writer);
    };
}
