using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OnchainMargin.Bench.Ethereum;

/// <summary>A node that answers every JSON-RPC request at once with the same result: what is left is the client's own time and the loopback's.</summary>
internal sealed class StubNode : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();

    public StubNode()
    {
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

    private static async Task ServeAsync(Socket socket)
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
                    await socket.SendAsync(answer);
                }
            }
        }
    }

    /// <summary>One request at a time comes over a connection, so what has arrived is part of one.</summary>
    private static bool TryAnswer(ReadOnlySpan<byte> input, out byte[] answer)
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

        string body = Body(input.Slice(header + 4, length));
        answer = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        return true;
    }

    private static string Body(ReadOnlySpan<byte> request)
    {
        var body = new StringBuilder();
        bool isBatch = request[0] == '[';
        while (request.IndexOf("\"id\":"u8) is var at and >= 0)
        {
            request = request[(at + 5)..];
            _ = Utf8Parser.TryParse(request, out long id, out _);
            body.Append(body.Length > 0 ? "," : "").Append("{\"jsonrpc\":\"2.0\",\"id\":").Append(id).Append(",\"result\":\"0x000000000000000000000000000000000000000000000000000000000000002a\"}");
        }

        return isBatch ? $"[{body}]" : body.ToString();
    }
}
