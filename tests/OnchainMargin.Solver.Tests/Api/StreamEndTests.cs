using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Tests.Api;

/// <summary>What ends streams, beside clients that close them.</summary>
public sealed class StreamEndTests
{
    private const string Session = "mine-0b7e3c1f5a92";
    private const string Hold = $"/api/orders/session?id={Session}";
    private const string Renew = $"/api/orders/renew-session?id={Session}";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>A client without power closes nothing: what shows that it is there is what it sends.</summary>
    [Fact]
    public async Task Session_ThatNobodyRenews_Ends()
    {
        var time = new FakeTime();
        var world = new ApiWorld { Api = new ApiOptions { Url = "http://127.0.0.1:0" }, Time = time };
        await world.InitializeAsync();
        try
        {
            Assert.Equal(HttpStatusCode.Conflict, await RenewAsync(world));
            using StreamReader stream = await OpenAsync(world, Hold);
            time.Pass(14);
            Assert.Equal(HttpStatusCode.NoContent, await RenewAsync(world));
            time.Pass(14);
            Assert.True(world.Orders.IsRenewed(Session));
            time.Pass(1);
            Assert.Contains(Session, await stream.ReadToEndAsync().WaitAsync(Patience), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.Conflict, await RenewAsync(world));
        }
        finally
        {
            await world.DisposeAsync();
        }
    }

    /// <summary>A host that stops waits half a minute for what is open still, in which its roles do nothing and no other can take its place.</summary>
    [Theory]
    [InlineData(Hold)]
    [InlineData("/api/stream")]
    public async Task Stream_WhenTheHostStops_Ends(string path)
    {
        var world = new ApiWorld { Api = new ApiOptions { Url = "http://127.0.0.1:0" } };
        await world.InitializeAsync();
        try
        {
            using StreamReader stream = await OpenAsync(world, path);
            world.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();
            await stream.ReadToEndAsync().WaitAsync(Patience);
        }
        finally
        {
            await world.DisposeAsync();
        }
    }

    private static async Task<HttpStatusCode> RenewAsync(ApiWorld world)
    {
        using HttpResponseMessage reply = await world.Http.PostAsync(Renew, null);
        return reply.StatusCode;
    }

    private static async Task<StreamReader> OpenAsync(ApiWorld world, string path)
    {
        HttpResponseMessage stream = await world.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead);
        return new StreamReader(await stream.Content.ReadAsStreamAsync());
    }
}
