using System.Net;
using System.Net.WebSockets;
using System.Text;
using OnchainMargin.Ethereum.Rpc;
using OnchainMargin.Ethereum.Tests.Support;

namespace OnchainMargin.Ethereum.Tests.Rpc;

/// <summary>Servers that break off, lie about lengths, or speak another language, over real sockets. What a reply makes us allocate is counted over the whole process, so nothing runs beside it.</summary>
[Collection(RunsAlone.Name)]
public sealed class BrokenServerTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2000000000\r\n\r\n{\"id\":1")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 60000000\r\n\r\n{\"id\":1")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":1")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"id\"\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7fffffff\r\n{\"id\"\r\n")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n")]
    [InlineData("SSH-2.0-OpenSSH\r\n")]
    [InlineData("")]
    public async Task Send_ToABrokenHttpServer_IsRefusedWithoutRoomForWhatItClaims(string answer)
    {
        using var server = new RawServer(answer);
        using var client = new HttpRpcClient(new HttpRpcOptions { Endpoint = server.Endpoint, RetryCount = 0, Timeout = TimeSpan.FromSeconds(10) });
        long before = GC.GetTotalAllocatedBytes(precise: true);

        RpcTransportException failure = await Assert.ThrowsAsync<RpcTransportException>(() => client.SendAsync(new RpcRequest("eth_call")));

        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 50_000_000);
        Assert.Contains(server.Endpoint.GetLeftPart(UriPartial.Authority), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_ToAServerWhoseTextsAreNoUnicode_IsRefused()
    {
        using var server = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 39\r\n\r\n{\"id\":1,\"error\":{\"message\":\"\\ud800\"}}  ");
        using var client = new HttpRpcClient(new HttpRpcOptions { Endpoint = server.Endpoint, RetryCount = 0 });
        await Assert.ThrowsAsync<EthereumFormatException>(() => client.SendAsync(new RpcRequest("eth_call")));
    }

    [Fact]
    public async Task Subscribe_ToAServerWhoseNameForItIsNoUnicode_IsRefused()
    {
        using var server = new HttpListener();
        int port = FreePort.Find();
        server.Prefixes.Add($"http://127.0.0.1:{port}/");
        server.Start();
        Task serving = ServeAsync(server, "{\"id\":1,\"result\":\"\\ud800\"}");
        await using var client = new WebSocketRpcClient(new WebSocketRpcOptions { Endpoint = new Uri($"ws://127.0.0.1:{port}/"), RetryCount = 0 });
        await Assert.ThrowsAsync<EthereumFormatException>(() => client.SubscribeAsync(static writer => writer.WriteStringValue("newHeads")));
        await serving;
    }

    [Fact]
    public async Task Send_ToAServerThatNeverAnswers_EndsInTime()
    {
        using var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var endpoint = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        using var client = new HttpRpcClient(new HttpRpcOptions { Endpoint = endpoint, RetryCount = 0, Timeout = TimeSpan.FromMilliseconds(100) });
        await using var socket = new WebSocketRpcClient(new WebSocketRpcOptions { Endpoint = new UriBuilder(endpoint) { Scheme = "ws" }.Uri, RetryCount = 0, Timeout = TimeSpan.FromMilliseconds(100) });

        await Assert.ThrowsAsync<RpcTransportException>(() => client.SendAsync(new RpcRequest("eth_call")));
        await Assert.ThrowsAsync<RpcTransportException>(() => socket.SendAsync(new RpcRequest("eth_call")));
        using var cancel = new CancellationTokenSource(50);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => socket.SendAsync(new RpcRequest("eth_call"), cancel.Token));
    }

    [Theory]
    [InlineData("garbage", typeof(EthereumFormatException))]
    [InlineData("{\"id\":1}", typeof(EthereumFormatException))]
    [InlineData("{\"id\":1,\"error\":{\"message\":\"\\ud800\"}}", typeof(EthereumFormatException))]
    [InlineData("{\"method\":\"eth_subscription\",\"params\":[}", typeof(EthereumFormatException))]
    [InlineData("long", typeof(RpcTransportException))]
    [InlineData("close", typeof(RpcTransportException))]
    public async Task Send_ToABrokenWebSocketServer_IsRefused(string answer, Type failure)
    {
        using var server = new HttpListener();
        int port = FreePort.Find();
        server.Prefixes.Add($"http://127.0.0.1:{port}/");
        server.Start();
        Task serving = ServeAsync(server, string.Equals(answer, "long", StringComparison.Ordinal) ? new string('x', 100_000) : answer);
        await using var client = new WebSocketRpcClient(new WebSocketRpcOptions { Endpoint = new Uri($"ws://127.0.0.1:{port}/"), RetryCount = 0, MaximumMessageBytes = 4096 });

        Exception thrown = await Assert.ThrowsAnyAsync<EthereumException>(() => client.SendAsync(new RpcRequest("eth_call")));

        Assert.IsType(failure, thrown);
        await serving;
    }

    private static async Task ServeAsync(HttpListener server, string answer)
    {
        HttpListenerWebSocketContext context = await (await server.GetContextAsync()).AcceptWebSocketAsync(null);
        using WebSocket socket = context.WebSocket;
        _ = await socket.ReceiveAsync(new byte[4096], CancellationToken.None);
        if (answer is "close")
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "bye", CancellationToken.None);
            return;
        }

        await socket.SendAsync(Encoding.UTF8.GetBytes(answer), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        try
        {
            _ = await socket.ReceiveAsync(new byte[16], CancellationToken.None);
        }
        catch (WebSocketException)
        {
            // The client hung up, as it should.
        }
    }
}
