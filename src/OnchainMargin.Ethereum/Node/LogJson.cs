using System.Text.Json;
using OnchainMargin.Ethereum.Contracts;

namespace OnchainMargin.Ethereum.Node;

/// <summary>Reads logs from JSON: from an element where a receipt has them, from the bytes of a whole answer where there are many.</summary>
internal static class LogJson
{
    public static LogEntry Read(JsonElement log) => new()
    {
        Address = RpcJson.Address(RpcJson.Member(log, "address"), "a log's address"),
        Topics = [.. RpcJson.Member(log, "topics").EnumerateArray().Select(static topic => RpcJson.Hash(topic, "a log's topic"))],
        Data = RpcJson.Bytes(RpcJson.Member(log, "data"), "a log's data"),
        BlockNumber = RpcJson.Optional(log, "blockNumber") is { } number ? RpcJson.UInt64(number, "a log's block number") : 0,
        BlockHash = RpcJson.Optional(log, "blockHash") is { } hash ? RpcJson.Hash(hash, "a log's block hash") : default,
        BlockTimestampSeconds = RpcJson.Optional(log, "blockTimestamp") is { } time ? RpcJson.UInt64(time, "a log's block timestamp") : 0,
        TransactionHash = RpcJson.Optional(log, "transactionHash") is { } transaction ? RpcJson.Hash(transaction, "a log's transaction hash") : default,
        TransactionIndex = RpcJson.Optional(log, "transactionIndex") is { } place ? (uint)Math.Min(uint.MaxValue, RpcJson.UInt64(place, "a log's transaction index")) : 0,
        LogIndex = RpcJson.Optional(log, "logIndex") is { } index ? (uint)Math.Min(uint.MaxValue, RpcJson.UInt64(index, "a log's index")) : 0,
        Removed = RpcJson.Optional(log, "removed") is { ValueKind: JsonValueKind.True },
    };
}
