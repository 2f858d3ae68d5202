using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Tests.Api;

namespace OnchainMargin.Solver.Tests.Telemetry;

public sealed class OtlpTests
{
    private const string Metrics = "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export";
    private const string Traces = "/opentelemetry.proto.collector.trace.v1.TraceService/Export";

    [Fact]
    public async Task Solver_WithACollector_SendsItsMetricsAndTraces()
    {
        var received = new ConcurrentQueue<(string Path, string Body)>();
        await using WebApplication collector = await CollectAsync(received);
        string url = collector.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        var world = new ApiWorld { Telemetry = new TelemetryOptions { OtlpUrl = url } };
        await world.InitializeAsync();

        // Traces leave in batches, by default five seconds after the first; on a busy machine later.
        for (int asked = 0; asked < 120 && !received.Any(static sent => sent.Path == Traces); asked++)
        {
            using HttpResponseMessage reply = await world.Http.GetAsync("/api/accounts");
            Assert.True(reply.IsSuccessStatusCode);
            await Task.Delay(250);
        }

        await world.EndAsync();
        await world.DisposeAsync();

        string all = string.Join(Environment.NewLine, received.Select(static sent => $"{sent.Path}: {new string([.. sent.Body.Where(static letter => !char.IsControl(letter)).Take(500)])}"));
        Assert.True(received.Any(static sent => sent.Path == Metrics && sent.Body.Contains("omargin.index.block", StringComparison.Ordinal)), all);
        Assert.True(received.Any(static sent => sent.Path == Traces && sent.Body.Contains("Microsoft.AspNetCore", StringComparison.Ordinal)), all);
        Assert.True(received.All(static sent => sent.Body.Contains("omargin-solver", StringComparison.Ordinal)), all);
    }

    /// <summary>A collector that takes whatever comes by gRPC and answers with an empty message.</summary>
    private static async Task<WebApplication> CollectAsync(ConcurrentQueue<(string Path, string Body)> received)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, static listen => listen.Protocols = HttpProtocols.Http2));
        WebApplication collector = builder.Build();
        collector.Run(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            received.Enqueue((context.Request.Path, Encoding.UTF8.GetString(body.ToArray())));
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[5]);
            context.Response.AppendTrailer("grpc-status", "0");
        });
        await collector.StartAsync();
        return collector;
    }
}
