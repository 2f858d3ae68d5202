using System.Text.Json;

namespace OnchainMargin.Ethereum.Node;

/// <summary>What identifies a block and what its fees were.</summary>
/// <param name="Number">The number.</param>
/// <param name="Hash">The hash.</param>
/// <param name="ParentHash">The parent's hash.</param>
/// <param name="TimestampSeconds">The time in Unix seconds.</param>
/// <param name="BaseFeePerGasWei">The base fee, or null before EIP-1559.</param>
/// <param name="GasLimit">The gas it could use.</param>
/// <param name="GasUsed">The gas it used.</param>
public sealed record BlockHeader(ulong Number, Hash32 Hash, Hash32 ParentHash, ulong TimestampSeconds, UInt256? BaseFeePerGasWei, ulong GasLimit, ulong GasUsed)
{
    internal static BlockHeader? Read(JsonElement block) => block.ValueKind == JsonValueKind.Null ? null : new BlockHeader(
        RpcJson.UInt64(RpcJson.Member(block, "number"), "a block's number"),
        RpcJson.Hash(RpcJson.Member(block, "hash"), "a block's hash"),
        RpcJson.Hash(RpcJson.Member(block, "parentHash"), "a block's parent hash"),
        RpcJson.UInt64(RpcJson.Member(block, "timestamp"), "a block's timestamp"),
        RpcJson.Optional(block, "baseFeePerGas") is { } fee ? RpcJson.Quantity(fee, "a block's base fee") : null,
        RpcJson.UInt64(RpcJson.Member(block, "gasLimit"), "a block's gas limit"),
        RpcJson.UInt64(RpcJson.Member(block, "gasUsed"), "a block's gas used"));
}
