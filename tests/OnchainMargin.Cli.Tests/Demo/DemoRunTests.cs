using System.Net;
using System.Net.Sockets;
using OnchainMargin.Cli.Demo;

namespace OnchainMargin.Cli.Tests.Demo;

public sealed class DemoRunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("omargin-demo-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The store of a demo that runs stays where it is, whichever of the two ports the second one finds taken, and where it finds both free.</summary>
    [Theory]
    [InlineData(true, true, "Port ")]
    [InlineData(true, false, "Port ")]
    [InlineData(false, false, "Another demo runs in ")]
    public async Task Run_BesideAnother_IsRefusedBeforeAnythingIsDeleted(bool isPortTaken, bool isOfTheNode, string sentence)
    {
        string store = Path.Combine(_folder, "solver.db");
        await File.WriteAllTextAsync(store, "of the first");
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int taken = ((IPEndPoint)listener.LocalEndpoint).Port;
        await using FileStream? first = isPortTaken ? null : DemoRun.Hold(_folder);
        int free = Free();
        var options = new DemoOptions(true, _folder, isPortTaken && isOfTheNode ? taken : free, isPortTaken && !isOfTheNode ? taken : free, 1, true);

        CliException error = await Assert.ThrowsAsync<CliException>(() => new DemoRun(options, TextWriter.Null, null, new PlainView(TextWriter.Null, 1)).RunAsync(CancellationToken.None));

        Assert.StartsWith(sentence, error.Message, StringComparison.Ordinal);
        Assert.Equal("of the first", await File.ReadAllTextAsync(store));
    }

    private static int Free()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
