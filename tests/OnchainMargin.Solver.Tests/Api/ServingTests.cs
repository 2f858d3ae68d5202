using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Risk;

namespace OnchainMargin.Solver.Tests.Api;

/// <summary>How the API is served, whatever it answers: limits, origins, keys, streams, readiness.</summary>
public sealed class ServingTests
{
    private const string Friend = "https://friend.example";

    [Fact]
    public async Task Requests_MoreThanTheLimit_AreToldToWait()
    {
        await using var world = new ServedWorld(new ApiOptions { Url = "http://127.0.0.1:0", RequestsPerTenSeconds = 5 });
        await world.BeginAsync();
        for (int i = 0; i < 5; i++)
        {
            using HttpResponseMessage good = await world.Http.GetAsync("/api/epochs");
            Assert.Equal(HttpStatusCode.OK, good.StatusCode);
        }

        using HttpResponseMessage reply = await world.Http.GetAsync("/api/epochs");
        Assert.Equal(HttpStatusCode.TooManyRequests, reply.StatusCode);
        Assert.Equal(TimeSpan.FromSeconds(2), reply.Headers.RetryAfter!.Delta);
        Assert.Contains("use /api/stream", (await reply.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString(), StringComparison.Ordinal);

        // Whoever watches the process is never turned away.
        using HttpResponseMessage health = await world.Http.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }

    [Fact]
    public async Task Requests_InCapitals_AreLimitedAllTheSame()
    {
        await using var world = new ServedWorld(new ApiOptions { Url = "http://127.0.0.1:0", RequestsPerTenSeconds = 1 });
        await world.BeginAsync();
        foreach ((string path, HttpStatusCode expected) in new[] { ("/api/epochs", HttpStatusCode.OK), ("/API/epochs", HttpStatusCode.TooManyRequests) })
        {
            using HttpResponseMessage reply = await world.Http.GetAsync(path);
            Assert.Equal(expected, reply.StatusCode);
        }
    }

    [Fact]
    public async Task Deployment_WhilePaused_SaysSo()
    {
        await using var world = new ServedWorld(new ApiOptions { Url = "http://127.0.0.1:0" });
        await world.BeginAsync();
        Assert.False((await world.Http.GetFromJsonAsync<JsonElement>("/api/deployment")).GetProperty("isPaused").GetBoolean());
        world.World.Change(static book => book with { IsPaused = true });
        Assert.True((await world.Http.GetFromJsonAsync<JsonElement>("/api/deployment")).GetProperty("isPaused").GetBoolean());
    }

    /// <summary>Who asks is whom the proxy names, and no more than the proxy itself knows: what stands before that in the header the client wrote.</summary>
    [Theory]
    [InlineData("127.0.0.1", "203.0.113.1", "203.0.113.2", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", "203.0.113.1", "203.0.113.1", HttpStatusCode.TooManyRequests)]
    [InlineData("127.0.0.1", "198.51.100.1, 203.0.113.1", "198.51.100.2, 203.0.113.1", HttpStatusCode.TooManyRequests)]
    [InlineData("192.0.2.1", "203.0.113.1", "203.0.113.2", HttpStatusCode.TooManyRequests)]
    [InlineData("", "203.0.113.1", "203.0.113.2", HttpStatusCode.TooManyRequests)]
    public async Task Requests_ThroughAProxy_AreLimitedByTheAddressThatATrustedOneNames(string trusted, string first, string second, HttpStatusCode expected)
    {
        await using var world = new ServedWorld(new ApiOptions { Url = "http://127.0.0.1:0", RequestsPerTenSeconds = 1, TrustedProxies = trusted.Length > 0 ? [trusted] : [] });
        await world.BeginAsync();
        foreach ((string address, HttpStatusCode code) in new[] { (first, HttpStatusCode.OK), (second, expected) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/api/epochs");
            request.Headers.Add("X-Forwarded-For", address);
            using HttpResponseMessage reply = await world.Http.SendAsync(request);
            Assert.Equal(code, reply.StatusCode);
        }
    }

    [Fact]
    public async Task Streams_OfOneAddress_AreHeldOpenOnlySoMany()
    {
        await using var world = new ServedWorld(new ApiOptions { Url = "http://127.0.0.1:0" });
        await world.BeginAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var open = new List<HttpResponseMessage>();
        for (int i = 0; i < 32; i++)
        {
            open.Add(await world.Http.GetAsync("/api/stream?account=2", HttpCompletionOption.ResponseHeadersRead, limit.Token));
        }

        using HttpResponseMessage refused = await world.Http.GetAsync("/api/stream?account=2", HttpCompletionOption.ResponseHeadersRead, limit.Token);
        Assert.All(open, static one => Assert.Equal(HttpStatusCode.OK, one.StatusCode));
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        open.ForEach(static one => one.Dispose());
    }

    [Fact]
    public async Task Connections_OfAllAddresses_AreOnlySoMany()
    {
        await using var world = new ServedWorld(new ApiOptions { Url = "http://127.0.0.1:0", MaximumConnections = 2 });
        await world.BeginAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        var open = new List<HttpResponseMessage>();
        for (int i = 0; i < 2; i++)
        {
            open.Add(await world.Http.GetAsync("/api/stream?account=2", HttpCompletionOption.ResponseHeadersRead, limit.Token));
        }

        await Assert.ThrowsAsync<HttpRequestException>(() => world.Http.GetAsync("/api/epochs", limit.Token));
        open.ForEach(static one => one.Dispose());
    }

    [Fact]
    public async Task Tails_OfOneAddress_AreSimulatedOnlySoManyAtOnce()
    {
        await using var world = new ServedWorld(new ApiOptions { Url = "http://127.0.0.1:0", RequestsPerTenSeconds = 1_000_000 });
        await world.BeginAsync();
        var codes = new HashSet<HttpStatusCode>();

        // Simulations are short, so that two dozen at once may happen to come one after another: asked until one meets two others.
        for (int round = 0; round < 200 && !codes.Contains(HttpStatusCode.TooManyRequests); round++)
        {
            foreach (HttpResponseMessage reply in await Task.WhenAll(Enumerable.Range(0, 24).Select(_ => world.Http.GetAsync("/api/accounts/2/Tail/?horizonHours=720"))))
            {
                codes.Add(reply.StatusCode);
                reply.Dispose();
            }
        }

        Assert.Equal([HttpStatusCode.OK, HttpStatusCode.TooManyRequests], codes.Order());
    }

    [Theory]
    [InlineData("/api/epochs", HttpStatusCode.OK)]
    [InlineData("/api/accounts/2", HttpStatusCode.OK)]
    [InlineData("/api/accounts/99", HttpStatusCode.NotFound)]
    [InlineData("/api/operator/transactions", HttpStatusCode.Unauthorized)]
    [InlineData("/api/nothing", HttpStatusCode.NotFound)]
    [InlineData("/healthz", HttpStatusCode.OK)]
    [InlineData("/openapi/v1.json", HttpStatusCode.OK)]
    public async Task Head_OfWhatCanBeRead_AnswersAsGetDoesWithoutTheBody(string path, HttpStatusCode expected)
    {
        await using var world = new ServedWorld();
        await world.BeginAsync();
        using HttpResponseMessage get = await world.Http.GetAsync(path);
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using HttpResponseMessage head = await world.Http.SendAsync(request);
        Assert.Equal((expected, expected), (get.StatusCode, head.StatusCode));
        Assert.Empty(await head.Content.ReadAsByteArrayAsync());
        Assert.Equal((get.Headers.ETag, get.Content.Headers.ContentType), (head.Headers.ETag, head.Content.Headers.ContentType));

        // The connection is good for the next request.
        using HttpResponseMessage again = await world.Http.GetAsync("/healthz");
        Assert.Equal(HttpStatusCode.OK, again.StatusCode);
    }

    [Theory]
    [InlineData("HEAD", "/api/stream?account=2")]
    [InlineData("HEAD", "/api/orders/session?id=nobody-guesses-this")]
    [InlineData("PUT", "/api/epochs")]
    public async Task Request_ByAMethodThatThePathDoesNotTake_IsRefused(string method, string path)
    {
        await using var world = new ServedWorld();
        await world.BeginAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using HttpResponseMessage reply = await world.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, reply.StatusCode);
        Assert.Contains("GET", reply.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("/api/stream/?account=2")]
    [InlineData("/API/Stream?account=2")]
    [InlineData("/api/orders/Session/?id=nobody-guesses-this")]
    public async Task Stream_HoweverItsPathIsWritten_IsSentAsItComes(string path)
    {
        await using var world = new ServedWorld();
        await world.BeginAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using HttpResponseMessage reply = await world.Http.GetAsync(path, HttpCompletionOption.ResponseHeadersRead, limit.Token);
        using var reader = new StreamReader(await reply.Content.ReadAsStreamAsync(limit.Token));
        Assert.StartsWith("event: ", await reader.ReadLineAsync(limit.Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Friend, Friend)]
    [InlineData("https://stranger.example", null)]
    public async Task Request_FromAnotherOrigin_IsAllowedWhenTheOptionsNameIt(string origin, string? allowed)
    {
        await using var world = new ServedWorld(new ApiOptions { Url = "http://127.0.0.1:0", RequestsPerTenSeconds = 0, AllowedOrigins = [Friend] });
        await world.BeginAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/deployment");
        request.Headers.Add("Origin", origin);
        using HttpResponseMessage reply = await world.Http.SendAsync(request);
        Assert.Equal(allowed, reply.Headers.TryGetValues("Access-Control-Allow-Origin", out IEnumerable<string>? values) ? Assert.Single(values) : null);

        using var preflight = new HttpRequestMessage(HttpMethod.Options, "/api/orders");
        preflight.Headers.Add("Origin", origin);
        preflight.Headers.Add("Access-Control-Request-Method", "POST");
        using HttpResponseMessage answer = await world.Http.SendAsync(preflight);
        Assert.Equal(allowed is not null, answer.Headers.Contains("Access-Control-Allow-Methods"));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not the key of the operator")]
    public async Task Operator_WithoutItsKey_IsRefused(string? key)
    {
        await using var world = new ServedWorld();
        await world.BeginAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/operator/transactions");
        if (key is not null)
        {
            request.Headers.Add("X-Api-Key", key);
        }

        using HttpResponseMessage reply = await world.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, reply.StatusCode);
    }

    [Fact]
    public async Task Account_WithTokensAboveACap_ShowsThemBesideThoseThatCount()
    {
        await using var world = new ServedWorld();
        await world.BeginAsync();
        world.World.Change(static book => book with { Accounts = book.Accounts.With(book.Accounts[2] with { Idle = [new Balance(2, 7)] }), Tokens = book.Tokens.Add(2, new BookToken(2, book.Tokens[1].Contract, 4)) });

        foreach (string path in (string[])["/api/accounts/2", "/api/accounts/2?live=true"])
        {
            JsonElement account = await world.Http.GetFromJsonAsync<JsonElement>(path);
            JsonElement idle = Assert.Single(account.GetProperty("idle").EnumerateArray());
            // The second was listed after the deployment was recorded: the chain knows its decimals, and nobody its symbol.
            Assert.Equal("""{"token":"2","symbol":"#2","decimals":4,"amountRaw":"7"}""", idle.GetRawText());
            Assert.Equal("""{"token":"1","symbol":"WETH","decimals":18,"amountRaw":"4000000000000000000"}""", Assert.Single(account.GetProperty("balances").EnumerateArray()).GetRawText());
        }
    }

    [Fact]
    public async Task Auctions_OfManyLots_AreGivenPageByPage()
    {
        await using var world = new ServedWorld();
        await world.BeginAsync();
        world.World.Change(static book => book with { Lots = book.Lots.AddRange(Enumerable.Range(2, 4).Select(id => KeyValuePair.Create((ulong)id, book.Lots[1] with { Id = (ulong)id, EndedInBlock = id % 2 == 0 ? 0UL : 6 }))) });
        async Task<string> NumbersAsync(string query) =>
            string.Join(' ', (await world.Http.GetFromJsonAsync<JsonElement>($"/api/auctions{query}")).EnumerateArray().Select(static lot => lot.GetProperty("id").GetString()));

        Assert.Equal("5 4 3 2 1", await NumbersAsync(""));
        Assert.Equal("4 2", await NumbersAsync("?open=true"));
        Assert.Equal("5 3", await NumbersAsync("?open=false&limit=2"));
        Assert.Equal("1", await NumbersAsync("?open=false&limit=2&before=3"));
    }

    [Fact]
    public async Task Epochs_OfMany_AreGivenPageByPage_AndLossesThatNothingPaidAreTold()
    {
        await using var world = new ServedWorld();
        await world.BeginAsync();
        world.World.Change(static book => book with
        {
            Epochs = book.Epochs.AddRange(Enumerable.Range(2, 3).Select(epoch => KeyValuePair.Create((ulong)epoch, book.Epochs[1] with { Epoch = (ulong)epoch }))),
            Ledger = book.Ledger with { DeficitE8 = 7 },
        });
        async Task<string> NumbersAsync(string query) =>
            string.Join(' ', (await world.Http.GetFromJsonAsync<JsonElement>($"/api/epochs{query}")).EnumerateArray().Select(static epoch => epoch.GetProperty("epoch").GetString()));

        Assert.Equal("4 3 2 1", await NumbersAsync(""));
        Assert.Equal("4 3", await NumbersAsync("?limit=2"));
        Assert.Equal("2 1", await NumbersAsync("?limit=2&before=3"));
        Assert.Equal("7", (await world.Http.GetFromJsonAsync<JsonElement>("/api/deployment")).GetProperty("deficitE8").GetString());
    }

    /// <summary>Fees that are not read yet look like none to whoever signs an order with them.</summary>
    [Fact]
    public async Task Deployment_BeforeTheIndexHasReadIt_IsNotReady()
    {
        await using var world = new ServedWorld();
        await world.BeginAsync();
        world.World.Change(static _ => Protocol.Book.ProtocolBook.Empty);

        using HttpResponseMessage reply = await world.Http.GetAsync("/api/deployment");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, reply.StatusCode);
        Assert.Equal("The index has not read the deployment yet; ask again in a moment.", (await reply.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Ready_FollowsTheRolesAndTheIndex()
    {
        await using var world = new ServedWorld();
        await world.BeginAsync();
        world.World.Health.Succeeded("risk");
        Assert.Equal((HttpStatusCode.OK, "ready", ""), await ReadyAsync(world.Http));
        JsonElement ready = await world.Http.GetFromJsonAsync<JsonElement>("/readyz");
        Assert.Equal(("9", "1770000000", "9"), (ready.GetProperty("block").GetString(), ready.GetProperty("blockTimeSeconds").GetString(), ready.GetProperty("chainHead").GetString()));

        world.World.Health.Failed("risk", "the node is away");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not ready", "the node is away"), await ReadyAsync(world.Http));
        world.World.Health.Succeeded("risk");

        OnchainMargin.Solver.Indexing.IndexedBook now = world.World.Books.Current!;
        world.World.Books.Publish(now with { ChainHead = now.Book.BlockNumber + 50 });
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "not ready", ""), await ReadyAsync(world.Http));
    }

    [Fact]
    public async Task Stream_OfOneAccount_TellsItsHealthPricesAndLots()
    {
        await using var world = new ServedWorld();
        await world.BeginAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using HttpResponseMessage reply = await world.Http.GetAsync("/api/stream?account=2", HttpCompletionOption.ResponseHeadersRead, limit.Token);
        Assert.Equal("text/event-stream", reply.Content.Headers.ContentType?.MediaType);
        await using Stream body = await reply.Content.ReadAsStreamAsync(limit.Token);
        using var reader = new StreamReader(body);

        var seen = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        string name = "";
        while (!(seen.ContainsKey("health") && seen.ContainsKey("prices") && seen.ContainsKey("epoch")))
        {
            string line = await reader.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException("the stream ended");
            if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line[7..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                using JsonDocument data = JsonDocument.Parse(line[6..]);
                seen[name] = data.RootElement.Clone();
            }
        }

        Assert.Equal("2", seen["health"].GetProperty("id").GetString());

        // A change of that account comes by itself; one of another account does not.
        Protocol.Book.ProtocolBook book = world.World.Books.Current!.Book;
        book = book with { Accounts = book.Accounts.With(world.World.Account(2, 70_000)).With(world.World.Account(1, 5)) };
        world.World.Books.Publish(world.World.Books.Current! with { Book = book });
        world.World.Risks.Publish(RiskSnapshot.Of(RiskSnapshot.Follower(2), book, book.LatestCheckpoint!));
        string changed = "";
        while (!changed.Contains("\"id\":", StringComparison.Ordinal))
        {
            changed = await reader.ReadLineAsync(limit.Token) ?? throw new InvalidOperationException("the stream ended");
        }

        Assert.Contains("\"cashE8\":\"7000000000000\"", changed, StringComparison.Ordinal);
    }

    private static async Task<(HttpStatusCode, string?, string)> ReadyAsync(HttpClient http)
    {
        using HttpResponseMessage reply = await http.GetAsync("/readyz");
        JsonElement answer = await reply.Content.ReadFromJsonAsync<JsonElement>();
        return (reply.StatusCode, answer.GetProperty("status").GetString(), string.Join(' ', answer.GetProperty("roles").EnumerateArray().Select(static role => role.GetProperty("failure").GetString()).Where(static text => text != "")));
    }

    private sealed class ServedWorld(ApiOptions? api = null) : IAsyncDisposable
    {
        public ApiWorld World { get; } = api is null ? new ApiWorld() : new ApiWorld { Api = api };

        public HttpClient Http => World.Http;

        public Task BeginAsync() => World.InitializeAsync();

        public async ValueTask DisposeAsync() => await World.DisposeAsync();
    }
}
