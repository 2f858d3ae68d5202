using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace OnchainMargin.Ethereum.Rpc;

/// <summary>Puts requests into JSON-RPC envelopes. Method names are the client's own words, so they need no escaping beyond a check.</summary>
internal static class RpcRequestWriter
{
    public static void Write(IBufferWriter<byte> output, RpcRequest request, long id)
    {
        if (request.Method.AsSpan().ContainsAny("\"\\") || request.Method.Any(char.IsControl))
        {
            throw new EthereumFormatException($"The JSON-RPC method '{HexData.Quote(request.Method)}' has characters that no method has; use a name such as eth_call.");
        }

        output.Write("{\"jsonrpc\":\"2.0\",\"id\":"u8);
        Span<byte> number = output.GetSpan(20);
        _ = Utf8Formatter.TryFormat(id, number, out int written);
        output.Advance(written);
        output.Write(",\"method\":\""u8);
        _ = Encoding.UTF8.GetBytes(request.Method, output);
        output.Write("\",\"params\":"u8);
        output.Write(request.Parameters.Span);
        output.Write("}"u8);
    }

    public static void WriteBatch(IBufferWriter<byte> output, IReadOnlyList<RpcRequest> requests, long firstId)
    {
        output.Write("["u8);
        for (int i = 0; i < requests.Count; i++)
        {
            if (i > 0)
            {
                output.Write(","u8);
            }

            Write(output, requests[i], firstId + i);
        }

        output.Write("]"u8);
    }
}
