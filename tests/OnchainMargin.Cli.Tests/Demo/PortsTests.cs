using System.Net;
using System.Net.Sockets;
using OnchainMargin.Cli.Demo;

namespace OnchainMargin.Cli.Tests.Demo;

public sealed class PortsTests
{
    [Fact]
    public void RequireFree_TakenPort_NamesItAndTheRemedy()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;

        CliException error = Assert.Throws<CliException>(() => Ports.RequireFree(port, "the Hardhat node", "--node-port"));

        Assert.Equal($"Port {port} for the Hardhat node is taken: end what listens there, or name another port with --node-port.", error.Message);
    }
}
