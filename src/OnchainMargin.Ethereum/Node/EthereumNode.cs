using System.Text.Json;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Ethereum.Transactions;

namespace OnchainMargin.Ethereum.Node;

/// <summary>The typed methods of a node over any JSON-RPC client.</summary>
/// <param name="rpc">The client.</param>
/// <param name="reverts">What explains reverts; the compiler's own two errors when left out.</param>
public sealed partial class EthereumNode(IRpcClient rpc, RevertDecoder? reverts = null) : IEthereumNode
{
    private const int FeeHistoryBlocks = 5;
    private readonly RevertDecoder _reverts = reverts ?? RevertDecoder.Plain;

    /// <inheritdoc/>
    public Task<ulong> EstimateGasAsync(CallRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ExecuteAsync("eth_estimateGas", request.WriteTo, static value => RpcJson.UInt64(value, "a gas estimate"), "The transaction, when simulated,", cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<FeeEstimate?> EstimateFeesAsync(CancellationToken cancellationToken = default)
    {
        RpcRequest history = RpcRequest.Create("eth_feeHistory", static writer =>
        {
            writer.WriteStringValue(((UInt256)FeeHistoryBlocks).ToQuantity());
            writer.WriteStringValue("latest");
            writer.WriteStartArray();
            writer.WriteNumberValue(50);
            writer.WriteEndArray();
        });
        RpcRequest newest = BlockRequest(BlockTag.Latest);
        try
        {
            IReadOnlyList<RpcReply> replies = await rpc.SendBatchAsync([history, newest], cancellationToken).ConfigureAwait(false);
            ReadOnlyMemory<byte> fees = replies[0].RequireResult();
            BlockHeader? block = RpcJson.Parse(replies[1].RequireResult(), newest.Method, BlockHeader.Read);
            return RpcJson.Parse(fees, history.Method, value => FeeHistory.Estimate(value, block?.BaseFeePerGasWei));
        }
        catch (RpcErrorException exception) when (exception.Error.Code == -32601)
        {
            // The method is unknown: a chain from before EIP-1559.
            return null;
        }
    }

    /// <inheritdoc/>
    public Task<UInt256> GetGasPriceAsync(CancellationToken cancellationToken = default) =>
        QueryAsync("eth_gasPrice", null, static value => RpcJson.Quantity(value, "the gas price"), cancellationToken);

    /// <inheritdoc/>
    public Task SendRawTransactionAsync(SignedTransaction transaction, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        EthereumTelemetry.Transactions.Add(1);
        return ExecuteAsync(
            "eth_sendRawTransaction",
            writer => RpcJson.WriteHex(writer, transaction.Raw.Span),
            static value => RpcJson.Hash(value, "a transaction's hash"),
            $"The transaction {transaction.Hash}",
            cancellationToken);
    }

    /// <inheritdoc/>
    public Task<byte[]> CallAsync(CallRequest request, BlockTag block = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ExecuteAsync("eth_call", WriteCall(request, block), static value => RpcJson.Bytes(value, "a call's result"), $"The call of {request.To}", cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<byte[][]> CallManyAsync(IReadOnlyList<CallRequest> calls, BlockTag block = default, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(calls);
        IReadOnlyList<RpcReply> replies = await rpc.SendBatchAsync([.. calls.Select(call => RpcRequest.Create("eth_call", WriteCall(call, block)))], cancellationToken).ConfigureAwait(false);
        var results = new byte[calls.Count][];
        for (int i = 0; i < results.Length; i++)
        {
            if (replies[i].Error is { } error)
            {
                throw Explain($"The call of {calls[i].To}", new RpcErrorException("eth_call", error));
            }

            results[i] = RpcJson.Parse(replies[i].Result, "eth_call", static value => RpcJson.Bytes(value, "a call's result"));
        }

        return results;
    }

    private static Action<Utf8JsonWriter> WriteCall(CallRequest request, BlockTag block) => writer =>
    {
        request.WriteTo(writer);
        block.WriteTo(writer);
    };

    /// <summary>A query whose error may be a contract's revert.</summary>
    private async Task<T> ExecuteAsync<T>(string method, Action<Utf8JsonWriter> parameters, Func<JsonElement, T> read, string subject, CancellationToken cancellationToken)
    {
        try
        {
            return await QueryAsync(method, parameters, read, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcErrorException exception)
        {
            throw Explain(subject, exception);
        }
    }

    private async Task<T> QueryAsync<T>(string method, Action<Utf8JsonWriter>? parameters, Func<JsonElement, T> read, CancellationToken cancellationToken)
    {
        RpcRequest request = parameters is null ? new RpcRequest(method) : RpcRequest.Create(method, parameters);
        ReadOnlyMemory<byte> result = await rpc.SendAsync(request, cancellationToken).ConfigureAwait(false);
        return RpcJson.Parse(result, method, read);
    }

    private EthereumException Explain(string subject, RpcErrorException exception)
    {
        RpcError error = exception.Error;
        bool isRevert = error.Data is not null || error.Code == 3 || error.Message.Contains("revert", StringComparison.OrdinalIgnoreCase);
        return isRevert ? new RevertException(subject, _reverts.Decode(error.Data ?? []), exception) : exception;
    }
}
