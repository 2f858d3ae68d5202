using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using OnchainMargin.Ethereum.Rpc;

namespace OnchainMargin.Ethereum.Tests.Rpc;

public sealed class SharedConnectionTests
{
    private const int AtOnce = 20;

    /// <summary>What a hosted node is: TLS, both versions of HTTP.</summary>
    [Fact]
    public async Task Send_ManyAtOnceOverTls_ShareTheConnectionThatIsThere()
    {
        var connections = new ConcurrentDictionary<string, int>(StringComparer.Ordinal);
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        int asked = 0;
        using X509Certificate2 certificate = Certificate();
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        await using WebApplication node = builder.Build();
        node.MapPost("/", async context =>
        {
            // The first is the poll of a quiet time; none of those that come at once is answered before all have come.
            connections.AddOrUpdate($"{context.Request.Protocol} {context.Connection.Id}", 1, static (_, count) => count + 1);
            RpcNumber request = (await context.Request.ReadFromJsonAsync<RpcNumber>())!;
            if (request.Id > 1)
            {
                if (Interlocked.Increment(ref asked) == AtOnce)
                {
                    all.SetResult();
                }

                await all.Task;
            }

            await context.Response.WriteAsJsonAsync(new { jsonrpc = "2.0", id = request.Id, result = "0x1" });
        });
        await node.StartAsync();
        using var handler = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, shown, _, _) => certificate.Equals(shown) } };
        using var client = new HttpRpcClient(new HttpRpcOptions { Endpoint = new Uri(node.Urls.Single()) }, handler);

        _ = await client.SendAsync(new RpcRequest("eth_blockNumber"));
        _ = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => client.SendAsync(new RpcRequest("eth_estimateGas")))).WaitAsync(TimeSpan.FromSeconds(30));

        (string connection, int count) = Assert.Single(connections);
        Assert.StartsWith("HTTP/2", connection, StringComparison.Ordinal);
        Assert.Equal(1 + AtOnce, count);
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        var request = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private sealed record RpcNumber(long Id);
}
