using System.Text;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Tests.Keeping;

/// <summary>A node that has the contracts, live prices, what bids pay and until when stakes are held, nothing else.</summary>
internal sealed class PricesNode(CheckpointInputs live, int pay, ulong heldUntil) : IRpcClient
{
    public Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default) => Task.FromResult<ReadOnlyMemory<byte>>(Encoding.ASCII.GetBytes(request.Method switch
    {
        "eth_chainId" => "\"0x7a69\"",
        "eth_getCode" => "\"0x01\"",
        "eth_call" when Encoding.UTF8.GetString(request.Parameters.Span).Contains($"0x{LiquidationHouse.BidCall.Selector:x8}", StringComparison.Ordinal) => $"\"0x{new string(pay < 0 ? 'f' : '0', 32)}{(Int128)(pay * Books.One):x32}\"",
        "eth_call" when Encoding.UTF8.GetString(request.Parameters.Span).Contains($"0x{InsuranceFund.HeldUntilCall.Selector:x8}", StringComparison.Ordinal) => $"\"0x{heldUntil:x64}\"",
        "eth_call" => $"\"{HexData.Encode([.. Word(64), .. Word(96 + Padded(live.Head).Length), .. Bytes(live.Head), .. Bytes(live.AllRecords)])}\"",
        _ => throw new NotSupportedException($"The keeper asked for {request.Method}."),
    }));

    public Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default) => throw new NotSupportedException("The keeper asked for a batch.");

    private static byte[] Bytes(byte[] bytes) => [.. Word(bytes.Length), .. Padded(bytes)];

    private static byte[] Word(int value) => [.. new byte[30], (byte)(value / 256), (byte)(value % 256)];

    private static byte[] Padded(byte[] bytes) => [.. bytes, .. new byte[(32 - (bytes.Length % 32)) % 32]];
}
