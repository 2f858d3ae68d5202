using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;

namespace OnchainMargin.Bench.Ethereum;

/// <summary>A node that answers every JSON-RPC request at once with the same result: what is left is the client's own time and the loopback's.</summary>
internal sealed class StubNode : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<string, string, byte[]> _answer;

    public StubNode()
        : this(static (_, _) => "\"0x000000000000000000000000000000000000000000000000000000000000002a\""u8.ToArray())
    {
    }

    /// <summary>A node whose answer to a method with parameters is a piece of JSON.</summary>
    public StubNode(Func<string, string, byte[]> answer)
    {
        _answer = answer;
        _listener.Start();
        Endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _ = Task.Run(AcceptAsync);
    }

    public Uri Endpoint { get; }

    public void Dispose()
    {
        _end.Cancel();
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptSocketAsync(_end.Token);
                socket.NoDelay = true;
                _ = Task.Run(() => ServeAsync(socket));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The bench is over.
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            var input = new byte[256 << 10];
            int length = 0;
            while (true)
            {
                int read = await socket.ReceiveAsync(input.AsMemory(length));
                if (read == 0)
                {
                    return;
                }

                length += read;
                if (TryAnswer(input.AsSpan(0, length), out byte[] answer))
                {
                    length = 0;
                    for (int sent = 0; sent < answer.Length;)
                    {
                        sent += await socket.SendAsync(answer.AsMemory(sent));
                    }
                }
            }
        }
    }

    /// <summary>One request at a time comes over a connection, so what has arrived is part of one.</summary>
    private bool TryAnswer(ReadOnlySpan<byte> input, out byte[] answer)
    {
        answer = [];
        int header = input.IndexOf("\r\n\r\n"u8);
        if (header < 0)
        {
            return false;
        }

        int at = input.IndexOf("Content-Length: "u8);
        if (at < 0 || !Utf8Parser.TryParse(input[(at + 16)..], out int length, out _) || input.Length < header + 4 + length)
        {
            return false;
        }

        byte[] body = Body(input.Slice(header + 4, length));
        answer = [.. Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n"), .. body];
        return true;
    }

    private byte[] Body(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        JsonElement[] requests = document.RootElement.ValueKind == JsonValueKind.Array ? [.. document.RootElement.EnumerateArray()] : [document.RootElement];
        using var body = new MemoryStream();
        body.Write(document.RootElement.ValueKind == JsonValueKind.Array ? "["u8 : ""u8);
        for (int i = 0; i < requests.Length; i++)
        {
            string parameters = requests[i].TryGetProperty("params", out JsonElement given) ? given.GetRawText() : "";
            body.Write(Encoding.ASCII.GetBytes($"{(i > 0 ? "," : "")}{{\"jsonrpc\":\"2.0\",\"id\":{requests[i].GetProperty("id").GetRawText()},\"result\":"));
            body.Write(_answer(requests[i].GetProperty("method").GetString()!, parameters));
            body.WriteByte((byte)'}');
        }

        body.Write(document.RootElement.ValueKind == JsonValueKind.Array ? "]"u8 : ""u8);
        return body.ToArray();
    }
}
