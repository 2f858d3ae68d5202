using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Options;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Solver.Tests.Hosting;

public sealed class StandbyTests : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly SolverOptions _options = new() { Api = new ApiOptions { Url = FreePort.Url() } };

    public void Dispose() => _http.Dispose();

    /// <summary>A process that led lost the server, and the node with it: it lives, says that it is not ready, and goes on when the node is back, at the same address.</summary>
    [Fact]
    public async Task Ask_TheNodeIsAwayForAWhile_StandsByUntilItAnswers()
    {
        int asked = 0;
        string answer = await Standby.AskAsync(
            _options,
            Quietly,
            async () =>
            {
                if (++asked < 3)
                {
                    Assert.Equal(asked == 1 ? null : HttpStatusCode.ServiceUnavailable, await StatusAsync("readyz"));
                    Assert.Equal(asked == 1 ? null : HttpStatusCode.OK, await StatusAsync("healthz"));
                    throw new RpcTransportException("The node did not answer.");
                }

                return "there";
            },
            CancellationToken.None);

        Assert.Equal(("there", 3), (answer, asked));
        Assert.Null(await StatusAsync("healthz"));
    }

    /// <summary>A node of another chain is no matter of time.</summary>
    [Fact]
    public async Task Ask_TheNodeIsNotTheDeployments_Ends() =>
        await Assert.ThrowsAsync<ProtocolException>(() => Standby.AskAsync<string>(_options, Quietly, static () => throw new ProtocolException("The node serves chain 2."), CancellationToken.None));

    private static void Quietly(WebApplicationBuilder builder) => builder.Logging.ClearProviders();

    /// <summary>What is answered; null where nobody listens.</summary>
    private async Task<HttpStatusCode?> StatusAsync(string path)
    {
        try
        {
            using HttpResponseMessage reply = await _http.GetAsync(new Uri($"{_options.Api.Url}/{path}"));
            return reply.StatusCode;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
