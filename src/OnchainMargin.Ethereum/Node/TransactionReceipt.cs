using System.Text.Json;
using OnchainMargin.Ethereum.Contracts;

namespace OnchainMargin.Ethereum.Node;

/// <summary>What became of a mined transaction.</summary>
public sealed record TransactionReceipt
{
    /// <summary>The transaction's hash.</summary>
    public required Hash32 TransactionHash { get; init; }

    /// <summary>The block's number.</summary>
    public required ulong BlockNumber { get; init; }

    /// <summary>The block's hash.</summary>
    public required Hash32 BlockHash { get; init; }

    /// <summary>The sender.</summary>
    public required Address From { get; init; }

    /// <summary>The receiver, or null for a creation.</summary>
    public required Address? To { get; init; }

    /// <summary>The contract that was created, if any.</summary>
    public required Address? ContractAddress { get; init; }

    /// <summary>The gas it used.</summary>
    public required ulong GasUsed { get; init; }

    /// <summary>The price that was paid per gas.</summary>
    public required UInt256 EffectiveGasPriceWei { get; init; }

    /// <summary>Whether it was carried out; false when it was reverted.</summary>
    public required bool IsSuccess { get; init; }

    /// <summary>The logs, in order.</summary>
    public required IReadOnlyList<LogEntry> Logs { get; init; }

    internal static TransactionReceipt? Read(JsonElement receipt) => receipt.ValueKind == JsonValueKind.Null ? null : new TransactionReceipt
    {
        TransactionHash = RpcJson.Hash(RpcJson.Member(receipt, "transactionHash"), "a receipt's transaction hash"),
        BlockNumber = RpcJson.UInt64(RpcJson.Member(receipt, "blockNumber"), "a receipt's block number"),
        BlockHash = RpcJson.Hash(RpcJson.Member(receipt, "blockHash"), "a receipt's block hash"),
        From = RpcJson.Address(RpcJson.Member(receipt, "from"), "a receipt's sender"),
        To = RpcJson.Optional(receipt, "to") is { } to ? RpcJson.Address(to, "a receipt's receiver") : null,
        ContractAddress = RpcJson.Optional(receipt, "contractAddress") is { } created ? RpcJson.Address(created, "a receipt's contract") : null,
        GasUsed = RpcJson.UInt64(RpcJson.Member(receipt, "gasUsed"), "a receipt's gas used"),
        EffectiveGasPriceWei = RpcJson.Optional(receipt, "effectiveGasPrice") is { } price ? RpcJson.Quantity(price, "a receipt's gas price") : UInt256.Zero,
        IsSuccess = RpcJson.UInt64(RpcJson.Member(receipt, "status"), "a receipt's status") == 1,
        Logs = [.. RpcJson.Member(receipt, "logs").EnumerateArray().Select(LogJson.Read)],
    };
}
