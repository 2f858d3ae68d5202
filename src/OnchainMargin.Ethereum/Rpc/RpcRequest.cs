using System.Buffers;
using System.Text.Json;

namespace OnchainMargin.Ethereum.Rpc;

/// <summary>A JSON-RPC request without its number, which the client gives it.</summary>
/// <param name="Method">The method, for example <c>eth_call</c>.</param>
/// <param name="Parameters">The parameters: a JSON array in UTF-8.</param>
public sealed record RpcRequest(string Method, ReadOnlyMemory<byte> Parameters)
{
    private static readonly byte[] NoParameters = "[]"u8.ToArray();

    /// <summary>Creates a request without parameters.</summary>
    public RpcRequest(string method)
        : this(method, NoParameters)
    {
    }

    /// <summary>Creates a request whose parameters the action writes, one JSON value each.</summary>
    public static RpcRequest Create(string method, Action<Utf8JsonWriter> writeParameters)
    {
        ArgumentNullException.ThrowIfNull(writeParameters);
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            writeParameters(writer);
            writer.WriteEndArray();
        }

        return new RpcRequest(method, buffer.WrittenMemory);
    }
}
