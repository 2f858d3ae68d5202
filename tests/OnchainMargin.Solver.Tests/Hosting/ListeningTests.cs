using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Tests.Hosting;

/// <summary>An address that only the start finds unusable is a sentence about the option, not a trace, nor one about a full disk.</summary>
public sealed class ListeningTests
{
    [Theory]
    [InlineData("127.0.0.1", "ddress already in use")]
    [InlineData("localhost", "ddress already in use")]
    // Of no machine (RFC 5737).
    [InlineData("192.0.2.1", "annot assign requested address")]
    public async Task Start_WhereNothingCanBeListenedAt_SaysSo(string host, string why)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string url = $"http://{host}:{((IPEndPoint)taken.LocalEndpoint).Port}";
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls(url);
        await using WebApplication application = builder.Build();

        SolverOptionsException refused = await Assert.ThrowsAsync<SolverOptionsException>(() => Listening.StartAsync(application, url, CancellationToken.None));

        Assert.StartsWith($"Option api:url names {url}, where nothing can be listened at (", refused.Message, StringComparison.Ordinal);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }
}
