using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace OnchainMargin.Ethereum.Tests.Rpc;

/// <summary>Passes bytes between a client and a server until it is cut: a network that fails when a test says so.</summary>
internal sealed class CuttableProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentBag<TcpClient> _clients = [];
    private readonly int _port;

    public CuttableProxy(int port)
    {
        _port = port;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _ = Task.Run(AcceptAsync);
    }

    public int Port { get; }

    public int Accepted { get; private set; }

    /// <summary>Breaks every connection off; new ones are accepted.</summary>
    public void Cut()
    {
        while (_clients.TryTake(out TcpClient? client))
        {
            client.Dispose();
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        Cut();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                TcpClient outer = await _listener.AcceptTcpClientAsync();
                var inner = new TcpClient();
                await inner.ConnectAsync(IPAddress.Loopback, _port);
                _clients.Add(outer);
                _clients.Add(inner);
                Accepted++;
                _ = PassAsync(outer, inner);
                _ = PassAsync(inner, outer);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static async Task PassAsync(TcpClient from, TcpClient to)
    {
        try
        {
            await from.GetStream().CopyToAsync(to.GetStream());
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut.
        }

        to.Dispose();
    }
}
