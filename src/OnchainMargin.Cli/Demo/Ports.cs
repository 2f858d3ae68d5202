using System.Net;
using System.Net.Sockets;

namespace OnchainMargin.Cli.Demo;

/// <summary>Local ports that the demo listens on.</summary>
internal static class Ports
{
    /// <summary>Checks that a port is free.</summary>
    /// <exception cref="CliException">Something listens there.</exception>
    public static void RequireFree(int port, string what, string option)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
        }
        catch (SocketException exception)
        {
            throw new CliException($"Port {port} for {what} is taken: end what listens there, or name another port with {option}.", exception);
        }
    }
}
