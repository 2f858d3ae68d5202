using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace OnchainMargin.Tests.Shared;

/// <summary>A port of this machine that nobody listens on now.</summary>
internal static class FreePort
{
    public static int Find()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public static string Url() => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Find()}");
}
