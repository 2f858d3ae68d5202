using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OnchainMargin.Bench.Solver;

/// <summary>A node's WebSocket: takes one subscription and tells of blocks when it is told to.</summary>
internal sealed class StubSocket : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly TaskCompletionSource<WebSocket> _subscribed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StubSocket()
    {
        _listener.Start();
        Endpoint = new Uri($"ws://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _ = Task.Run(ServeAsync);
    }

    public Uri Endpoint { get; }

    public void Dispose() => _listener.Dispose();

    /// <summary>Tells of a block; returns when the bytes are with the system.</summary>
    public async Task TellAsync(ulong number)
    {
        string header = $$"""{"number":"0x{{number:x}}","hash":"{{BenchBook.HashOf(number)}}","parentHash":"{{BenchBook.HashOf(number - 1)}}","timestamp":"0x{{1_700_000_000 + number:x}}","gasLimit":"0x1","gasUsed":"0x1"}""";
        byte[] message = Encoding.ASCII.GetBytes($"{{\"jsonrpc\":\"2.0\",\"method\":\"eth_subscription\",\"params\":{{\"subscription\":\"0x1\",\"result\":{header}}}}}");
        WebSocket socket = await _subscribed.Task;
        await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
    }

    private async Task ServeAsync()
    {
        Socket accepted = await _listener.AcceptSocketAsync();
        accepted.NoDelay = true;
        var stream = new NetworkStream(accepted, ownsSocket: true);
        var buffer = new byte[16 << 10];
        var request = new StringBuilder();
        while (!request.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            int read = await stream.ReadAsync(buffer);
            request.Append(Encoding.ASCII.GetString(buffer, 0, read));
        }

        string key = request.ToString().Split("\r\n").Single(static line => line.StartsWith("Sec-WebSocket-Key:", StringComparison.OrdinalIgnoreCase)).Split(':')[1].Trim();
#pragma warning disable CA5350 // The handshake of WebSocket is defined with SHA-1.
        string accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n"));
        WebSocket socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        while (socket.State == WebSocketState.Open)
        {
            WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, CancellationToken.None);
            if (received.MessageType != WebSocketMessageType.Text)
            {
                return;
            }

            using JsonDocument asked = JsonDocument.Parse(buffer.AsMemory(0, received.Count));
            byte[] answer = Encoding.ASCII.GetBytes($$"""{"jsonrpc":"2.0","id":{{asked.RootElement.GetProperty("id").GetRawText()}},"result":"0x1"}""");
            await socket.SendAsync(answer, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
            _subscribed.TrySetResult(socket);
        }
    }
}
