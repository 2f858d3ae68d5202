using OnchainMargin.Protocol;
using OnchainMargin.Solver.Options;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Solver.Tests.Options;

public sealed class NodesTests
{
    [Fact]
    public async Task Nodes_OneOfAnotherChain_IsRefusedWithoutTheKeyInItsAddress()
    {
        using var other = new RawServer("HTTP/1.1 200 OK\r\nContent-Length: 39\r\n\r\n{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":\"0x2\"}");
        ProtocolException error = await Assert.ThrowsAsync<ProtocolException>(() => SolverHost.NodesAsync(new SolverOptions { NodeUrls = [$"{other.Endpoint}v3/a-secret"] }, 1, CancellationToken.None));
        Assert.Contains($"The node at {other.Endpoint.Authority} of option nodeUrls serves chain 2", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("a-secret", error.Message, StringComparison.Ordinal);
    }
}
