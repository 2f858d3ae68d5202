using System.Text;
using System.Text.Json;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Solver.Tests.Keeping;

/// <summary>A node that has the contracts, live prices, what bids pay and until when stakes are held, nothing else.</summary>
internal sealed class PricesNode(CheckpointInputs live, int pay, ulong heldUntil) : IRpcClient
{
    /// <summary>Prices of now.</summary>
    public CheckpointInputs Live { get; set; } = live;

    /// <summary>Prices of the block before: the first question for live prices is answered by these, and then the next block is there.</summary>
    public CheckpointInputs? Before { get; set; }

    /// <summary>The blocks that quotes of bids were asked for.</summary>
    public HashSet<string> QuotedAt { get; } = new(StringComparer.Ordinal);

    /// <summary>The block that the next of several nodes behind the address does not have yet.</summary>
    public string Lacks { get; set; } = "none";

    public Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default) => Encoding.UTF8.GetString(request.Parameters.Span).Contains($"\"{Lacks}\"", StringComparison.Ordinal)
        ? throw new RpcErrorException(request.Method, new RpcError(-32000, "header not found", null))
        : Task.FromResult<ReadOnlyMemory<byte>>(Encoding.ASCII.GetBytes(request.Method switch
        {
            "eth_blockNumber" => "\"0x7\"",
            "eth_chainId" => "\"0x7a69\"",
            "eth_getCode" => "\"0x01\"",
            "eth_call" when IsOf(request, LiquidationHouse.BidCall.Selector) => Quote(request, $"\"0x{new string(pay < 0 ? 'f' : '0', 32)}{(Int128)(pay * Books.One):x32}\""),
            "eth_call" when IsOf(request, InsuranceFund.HeldUntilCall.Selector) => $"\"0x{heldUntil:x64}\"",
            "eth_call" => Prices(),
            _ => throw new NotSupportedException($"The keeper asked for {request.Method}."),
        }));

    public Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default) => throw new NotSupportedException("The keeper asked for a batch.");

    private static bool IsOf(RpcRequest request, uint selector) => Encoding.UTF8.GetString(request.Parameters.Span).Contains($"0x{selector:x8}", StringComparison.Ordinal);

    private string Quote(RpcRequest request, string answer)
    {
        using var parameters = JsonDocument.Parse(request.Parameters);
        QuotedAt.Add(parameters.RootElement[1].GetString()!);
        return answer;
    }

    private string Prices()
    {
        CheckpointInputs now = Before ?? Live;
        Before = null;
        return $"\"{HexData.Encode([.. Word(64), .. Word(96 + Padded(now.Head).Length), .. Bytes(now.Head), .. Bytes(now.AllRecords)])}\"";
    }

    private static byte[] Bytes(byte[] bytes) => [.. Word(bytes.Length), .. Padded(bytes)];

    private static byte[] Word(int value) => [.. new byte[30], (byte)(value / 256), (byte)(value % 256)];

    private static byte[] Padded(byte[] bytes) => [.. bytes, .. new byte[(32 - (bytes.Length % 32)) % 32]];
}
