using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Api;

namespace OnchainMargin.Solver.Tests.Api;

public sealed class ContractTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    /// <summary>Every read of the document with good arguments: answered 200, by what its schema promises.</summary>
    [Theory]
    [InlineData("/api/deployment", "/api/deployment")]
    [InlineData("/api/prices", "/api/prices")]
    [InlineData("/api/prices", "/api/prices?live=false")]
    [InlineData("/api/instruments", "/api/instruments")]
    [InlineData("/api/instruments/{name}", "/api/instruments/ETH-13FEB26T162640-3250-C")]
    [InlineData("/api/surfaces", "/api/surfaces")]
    [InlineData("/api/epochs", "/api/epochs")]
    [InlineData("/api/attesters", "/api/attesters")]
    [InlineData("/api/auctions", "/api/auctions")]
    [InlineData("/api/needs", "/api/needs")]
    [InlineData("/api/auctions/{id}", "/api/auctions/1")]
    [InlineData("/api/accounts", "/api/accounts?limit=2")]
    [InlineData("/api/accounts", "/api/accounts?delegate=0x00000000000000000000000000000000000000aa")]
    [InlineData("/api/accounts/{id}", "/api/accounts/2")]
    [InlineData("/api/accounts/{id}", "/api/accounts/2?live=true")]
    [InlineData("/api/accounts/{id}/margin", "/api/accounts/2/margin")]
    [InlineData("/api/accounts/{id}/margin", "/api/accounts/2/margin?live=true")]
    [InlineData("/api/accounts/{id}/distances", "/api/accounts/2/distances")]
    [InlineData("/api/accounts/{id}/curve", "/api/accounts/2/curve?underlying=2")]
    [InlineData("/api/accounts/{id}/withdrawable", "/api/accounts/2/withdrawable?token=1")]
    [InlineData("/api/accounts/{id}/inputs", "/api/accounts/2/inputs")]
    [InlineData("/api/orders", "/api/orders")]
    [InlineData("/api/books/{instrument}", "/api/books/BTC-PERP")]
    [InlineData("/api/trades", "/api/trades?instrument=BTC-PERP")]
    [InlineData("/healthz", "/healthz")]
    public async Task Read_OfEveryPath_IsWhatTheDocumentPromises(string path, string request)
    {
        JsonElement document = await world.Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        JsonElement schema = document.GetProperty("paths").GetProperty(path).GetProperty("get").GetProperty("responses").GetProperty("200").GetProperty("content").GetProperty("application/json").GetProperty("schema");

        using HttpResponseMessage reply = await world.Http.GetAsync(request);
        string text = await reply.Content.ReadAsStringAsync();

        Assert.True(reply.StatusCode == HttpStatusCode.OK, $"{reply.StatusCode}: {text}");
        using JsonDocument answer = JsonDocument.Parse(text);
        Assert.Empty(new SchemaCheck(document).Defects(answer.RootElement, schema, "answer"));
    }

    /// <summary>A field that is misspelt must not be overlooked. What attesters hand to one another is apart: one of a later version may say more.</summary>
    [Fact]
    public void Body_OfEveryRequestOfTheApi_TakesNoFieldThatItDoesNotKnow()
    {
        var open = new Stack<Type>(world.Endpoints.OfType<RouteEndpoint>().Where(static route => route.RoutePattern.RawText!.StartsWith("/api", StringComparison.Ordinal))
            .Select(static route => route.Metadata.GetMetadata<IAcceptsMetadata>()?.RequestType).OfType<Type>());
        var bodies = new HashSet<Type>();
        while (open.TryPop(out Type? next))
        {
            foreach (Type part in next.GetGenericArguments())
            {
                open.Push(part);
            }

            if (string.Equals(next.Namespace, typeof(OrderRequest).Namespace, StringComparison.Ordinal) && bodies.Add(next))
            {
                Array.ForEach(next.GetProperties(), property => open.Push(property.PropertyType));
            }
        }

        Assert.Contains(typeof(FillFields), bodies);
        Assert.All(bodies, static body => Assert.Equal(JsonUnmappedMemberHandling.Disallow, body.GetCustomAttribute<JsonUnmappedMemberHandlingAttribute>()?.UnmappedMemberHandling));
    }

    [Fact]
    public async Task Document_EveryRead_IsInTheTableAbove()
    {
        JsonElement document = await world.Http.GetFromJsonAsync<JsonElement>("/openapi/v1.json");
        string[] tested = [.. GetType().GetMethod(nameof(Read_OfEveryPath_IsWhatTheDocumentPromises))!.GetCustomAttributes(typeof(InlineDataAttribute), inherit: false)
            .Cast<InlineDataAttribute>().Select(static row => (string)row.GetData(null!).First()[0])];
        // Tested on their own: streams, text, the operator's, and those whose answer needs more of a world.
        string[] apart = ["/api/stream", "/api/orders/session", "/metrics", "/readyz", "/api/operator/transactions", "/api/operator/roles", "/api/accounts/{id}/proof", "/api/accounts/{id}/tail", "/api/parameters", "/api/orders/{account}/{nonce}"];

        IEnumerable<string> reads = document.GetProperty("paths").EnumerateObject().Where(static path => path.Value.TryGetProperty("get", out _)).Select(static path => path.Name);

        Assert.Empty(reads.Except(tested).Except(apart));
    }

    [Theory]
    [InlineData("/api/accounts/99", HttpStatusCode.NotFound, "Account 99 was never opened.")]
    [InlineData("/api/accounts?limit=0", HttpStatusCode.BadRequest, "The limit is 0; give a number from 1 to 500.")]
    [InlineData("/api/accounts?owner=me", HttpStatusCode.BadRequest, "The owner 'me' is no address; write 0x and 40 hexadecimal digits.")]
    [InlineData("/api/accounts?delegate=bot", HttpStatusCode.BadRequest, "The delegate 'bot' is no address; write 0x and 40 hexadecimal digits.")]
    [InlineData("/api/auctions?limit=0", HttpStatusCode.BadRequest, "The limit is 0; give a number from 1 to 500.")]
    [InlineData("/api/orders?limit=0", HttpStatusCode.BadRequest, "The limit is 0; give a number from 1 to 500.")]
    [InlineData("/api/trades?limit=0", HttpStatusCode.BadRequest, "The limit is 0; give a number from 1 to 500.")]
    [InlineData("/api/epochs?limit=0", HttpStatusCode.BadRequest, "The limit is 0; give a number from 1 to 500.")]
    [InlineData("/api/auctions?limit=501", HttpStatusCode.BadRequest, "The limit is 501; give a number from 1 to 500.")]
    [InlineData("/api/auctions/7", HttpStatusCode.NotFound, "Lot 7 was never started.")]
    [InlineData("/api/instruments/DOGE-PERP", HttpStatusCode.NotFound, "The instrument 'DOGE-PERP' has no market here; take a name from /api/instruments.")]
    [InlineData("/api/books/DOGE-PERP", HttpStatusCode.BadRequest, "The instrument 'DOGE-PERP' is none of this deployment; take a name from /api/instruments.")]
    [InlineData("/api/accounts/2/withdrawable?token=9", HttpStatusCode.NotFound, "Token 9 is not listed; /api/deployment lists the tokens.")]
    [InlineData("/api/operator/roles", HttpStatusCode.Unauthorized, "This endpoint is the operator's; bring the key in the header X-Api-Key.")]
    [InlineData("/api/accounts/me", HttpStatusCode.BadRequest, "The id 'me' is not understood; give a whole number, as /openapi describes it.")]
    [InlineData("/api/accounts/-1", HttpStatusCode.BadRequest, "The id '-1' is not understood; give a whole number, as /openapi describes it.")]
    [InlineData("/api/accounts/2/curve", HttpStatusCode.BadRequest, "The underlying is missing; give it as /openapi describes it.")]
    [InlineData("/api/accounts/2/curve?underlying=BTC", HttpStatusCode.BadRequest, "The underlying 'BTC' is not understood; give a whole number, as /openapi describes it.")]
    [InlineData("/api/accounts/2?live=perhaps", HttpStatusCode.BadRequest, "The live 'perhaps' is not understood; give true or false, as /openapi describes it.")]
    [InlineData("/api/orders/session", HttpStatusCode.BadRequest, "The id is missing; give it as /openapi describes it.")]
    [InlineData("/api/nowhere", HttpStatusCode.NotFound, "There is nothing at /api/nowhere; /openapi lists what there is.")]
    [InlineData("/api/accounts/2/what-if", HttpStatusCode.MethodNotAllowed, "GET is not taken at /api/accounts/2/what-if; /openapi lists what is.")]
    public async Task Refusal_OfBadInput_IsAProblemInOneSentence(string request, HttpStatusCode status, string sentence)
    {
        using HttpResponseMessage reply = await world.Http.GetAsync(request);

        await AssertRefusedAsync(reply, status, sentence);
    }

    [Theory]
    [InlineData("/api/orders", "{", "application/json", HttpStatusCode.BadRequest, "The body is not understood at '$'; send JSON as /openapi describes it, whole numbers of 64 bits and more in quotes.")]
    [InlineData("/api/orders", "", "application/json", HttpStatusCode.BadRequest, "The request is missing; give it as /openapi describes it.")]
    [InlineData("/api/orders", "null", "application/json", HttpStatusCode.BadRequest, "The request is missing; give it as /openapi describes it.")]
    [InlineData("/api/orders", "{\"order\":{\"sizeE8\":1}}", "application/json", HttpStatusCode.BadRequest, "The body is not understood at '$.order.sizeE8'; send JSON as /openapi describes it, whole numbers of 64 bits and more in quotes.")]
    [InlineData("/api/orders", "{\"sesion\":\"an order that would not end with it\"}", "application/json", HttpStatusCode.BadRequest, "The body is not understood at '$.sesion'; send JSON as /openapi describes it, whole numbers of 64 bits and more in quotes.")]
    [InlineData("/api/accounts/2/what-if", "{\"positions\":[{\"instrument\":\"BTC-PERP\"}]}", "application/json", HttpStatusCode.BadRequest, "The body is not understood at '$.positions'; send JSON as /openapi describes it, whole numbers of 64 bits and more in quotes.")]
    [InlineData("/api/orders", "order=1", "application/x-www-form-urlencoded", HttpStatusCode.UnsupportedMediaType, "The body is not sent as JSON; send it with the header Content-Type: application/json.")]
    public async Task Refusal_OfABody_IsAProblemInOneSentence(string path, string body, string mediaType, HttpStatusCode status, string sentence)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, mediaType);
        using HttpResponseMessage reply = await world.Http.PostAsync(path, content);

        await AssertRefusedAsync(reply, status, sentence);
    }

    private static async Task AssertRefusedAsync(HttpResponseMessage reply, HttpStatusCode status, string sentence)
    {
        Assert.Equal(status, reply.StatusCode);
        Assert.Equal("application/problem+json", reply.Content.Headers.ContentType?.MediaType);
        Assert.Equal(sentence, (await reply.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("detail").GetString());
    }

    [Fact]
    public async Task Instruments_OfEveryStrike_MayBeOpened()
    {
        JsonElement[] all = await world.Http.GetFromJsonAsync<JsonElement[]>("/api/instruments") ?? [];

        Assert.Contains(all, static one => one.GetProperty("kind").GetString() == "Call");
        Assert.All(all, static one => Assert.True(StrikeGrid.Holds(Instrument.Unpack(UInt128.Parse(one.GetProperty("instrument").GetString()!, CultureInfo.InvariantCulture)))));
    }

    [Fact]
    public async Task Deployment_OfEveryContract_HasItsAddress()
    {
        JsonElement contracts = (await world.Http.GetFromJsonAsync<JsonElement>("/api/deployment")).GetProperty("contracts");
        foreach (System.Reflection.PropertyInfo property in typeof(Protocol.Deployment.DeployedContracts).GetProperties())
        {
            Assert.Equal(property.GetValue(SampleDeployment.Contracts)!.ToString(), contracts.GetProperty(JsonNamingPolicy.CamelCase.ConvertName(property.Name)).GetString());
        }

        Assert.True(contracts.TryGetProperty("attesterBonds", out _));
    }

    [Fact]
    public async Task Attesters_SittingAndSlashed_ShowWhatIsAtStake()
    {
        JsonElement attesters = await world.Http.GetFromJsonAsync<JsonElement>("/api/attesters");
        Assert.Equal(["50000000000 True False", "0 False True"], attesters.EnumerateArray().Select(static one =>
            $"{one.GetProperty("bondRaw").GetString()} {one.GetProperty("isSitting").GetBoolean()} {one.GetProperty("isSlashed").GetBoolean()}"));
        JsonElement need = Assert.Single((await world.Http.GetFromJsonAsync<JsonElement>("/api/needs")).EnumerateArray());
        Assert.Equal(("BTC-PERP", "25000000"), (need.GetProperty("name").GetString(), need.GetProperty("sizeE8").GetString()));
    }

    [Fact]
    public async Task ReferencePage_AndItsParts_AreServedFromHere()
    {
        string page = await world.Http.GetStringAsync("/openapi");
        foreach (string part in (string[])["/openapi/reference.css", "/openapi/reference.js", "/openapi/v1.json"])
        {
            Assert.Contains(part, page, StringComparison.Ordinal);
            Assert.NotEmpty(await world.Http.GetStringAsync(part));
        }

        Assert.DoesNotContain("http://", page, StringComparison.Ordinal);
        Assert.DoesNotContain("https://", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_WithItsTag_IsNotSentAgain()
    {
        using HttpResponseMessage first = await world.Http.GetAsync("/api/accounts/1");
        using var again = new HttpRequestMessage(HttpMethod.Get, "/api/accounts/1");
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);

        using HttpResponseMessage second = await world.Http.SendAsync(again);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Accounts_PageByPage_AreAllOfThemOnce()
    {
        var seen = new List<string>();
        string? next = "0";
        while (next is not null)
        {
            JsonElement page = await world.Http.GetFromJsonAsync<JsonElement>($"/api/accounts?limit=1&after={next}");
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(static item => item.GetProperty("id").GetString()!));
            next = page.GetProperty("next").GetString();
        }

        Assert.Equal(["1", "2", "3"], seen);
    }

    [Fact]
    public async Task Operator_WithItsKey_IsServed()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/operator/transactions");
        request.Headers.Add("X-Api-Key", ApiWorld.OperatorKey);

        using HttpResponseMessage reply = await world.Http.SendAsync(request);

        Assert.Equal(HttpStatusCode.OK, reply.StatusCode);
    }

    [Fact]
    public async Task WhatIf_AFallOfThePrice_IsToldInWords()
    {
        using HttpResponseMessage reply = await world.Http.PostAsJsonAsync("/api/accounts/3/what-if", new { moves = new[] { new { underlying = "BTC", pricePercent = "-30" } } });
        JsonElement answer = await reply.Content.ReadFromJsonAsync<JsonElement>();

        Assert.Equal("The account could be liquidated.", answer.GetProperty("sentence").GetString());
        Assert.Equal("150000000000", answer.GetProperty("after").GetProperty("figures").GetProperty("equityE8").GetString());
    }

    [Fact]
    public async Task WhatIf_ATokenBought_IsCollateralLessItsHaircut()
    {
        using HttpResponseMessage reply = await world.Http.PostAsJsonAsync("/api/accounts/1/what-if", new { fills = new[] { new { instrument = "WETH-SPOT", sizeE8 = "200000000" } } });
        JsonElement answer = await reply.Content.ReadFromJsonAsync<JsonElement>();

        // 6,000 of cash for 2 ether, and a fee of 0.05 %; what counts less is in the requirement.
        Assert.Equal("99999700000000", answer.GetProperty("after").GetProperty("figures").GetProperty("equityE8").GetString());

        using HttpResponseMessage refused = await world.Http.PostAsJsonAsync("/api/accounts/1/what-if", new { fills = new[] { new { instrument = "WETH-SPOT", sizeE8 = "-1" } } });
        Assert.Contains("the account has less of the token than it would sell", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Distances_OfALong_AreWhereEquityMeetsTheRequirement()
    {
        JsonElement distances = await world.Http.GetFromJsonAsync<JsonElement>("/api/accounts/3/distances");
        JsonElement btc = Assert.Single(distances.EnumerateArray());
        Assert.Equal(JsonValueKind.Null, btc.GetProperty("aboveE8").ValueKind);
        decimal percent = decimal.Parse(btc.GetProperty("belowPercent").GetString()!, System.Globalization.CultureInfo.InvariantCulture);

        async Task<string?> AtAsync(decimal move)
        {
            using HttpResponseMessage reply = await world.Http.PostAsJsonAsync("/api/accounts/3/what-if", new { moves = new[] { new { underlying = "BTC", pricePercent = move.ToString(System.Globalization.CultureInfo.InvariantCulture) } } });
            return (await reply.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("sentence").GetString();
        }

        Assert.Equal("The account could be liquidated.", await AtAsync(percent - 0.1m));
        Assert.NotEqual("The account could be liquidated.", await AtAsync(percent + 0.1m));
    }

    [Fact]
    public async Task Order_ThroughTheApi_RestsAndIsCancelled()
    {
        var order = world.Sign(1, -ApiWorld.One, ApiWorld.BtcE8 * 102 / 100, 501);
        var body = new
        {
            order = new { account = "1", instrument = order.Order.Instrument.ToString(), sizeE8 = order.Order.SizeE8.ToString(), limitPriceE8 = order.Order.LimitPriceE8.ToString(), nonce = "501", expiry = $"{order.Order.Expiry}", maxFeeRateE8 = "100000", flags = 0 },
            signer = order.Signer.ToString(),
            signature = HexData.Encode(order.Signature),
        };

        using HttpResponseMessage taken = await world.Http.PostAsJsonAsync("/api/orders", body);
        Assert.Equal("resting", (await taken.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString());
        JsonElement book = await world.Http.GetFromJsonAsync<JsonElement>("/api/books/BTC-PERP");
        Assert.Contains(book.GetProperty("asks").EnumerateArray(), static level => level.GetProperty("priceE8").GetString() == "9180000000000");

        using HttpResponseMessage cancelled = await world.Http.PostAsJsonAsync("/api/orders/1/501/cancel", new { signature = "0x0102" });
        Assert.Equal("cancelled", (await cancelled.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("status").GetString());

        using HttpResponseMessage nonsense = await world.Http.PostAsJsonAsync("/api/orders", new { order = new { account = "x", instrument = "", sizeE8 = "", limitPriceE8 = "", nonce = "", expiry = "", maxFeeRateE8 = "", flags = 0 }, signer = "", signature = "" });
        Assert.Equal(HttpStatusCode.BadRequest, nonsense.StatusCode);
    }

    [Fact]
    public async Task Orders_PageByPage_GoOnWhereThePageBeforeEnded()
    {
        foreach (ulong nonce in (ulong[])[701, 702, 703])
        {
            Assert.Equal("", (await world.OrderRelay.SubmitAsync(world.Sign(1, ApiWorld.One / 100, ApiWorld.BtcE8 * 80 / 100, nonce), null, CancellationToken.None)).Refusal);
        }

        async Task<JsonElement[]> PageAsync(string query) => [.. (await world.Http.GetFromJsonAsync<JsonElement>($"/api/orders?account=1&{query}")).EnumerateArray()];
        static string? Nonce(JsonElement order) => order.GetProperty("nonce").GetString();
        JsonElement[] first = await PageAsync("limit=2");
        Assert.Equal(["703", "702"], first.Select(Nonce));
        JsonElement[] second = await PageAsync($"limit=1&before={first[^1].GetProperty("arrival").GetString()}");
        Assert.Equal(["701"], second.Select(Nonce));
        Assert.NotEqual(0, long.Parse(second[0].GetProperty("expirySeconds").GetString()!, CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Session_ThatEnds_CancelsWhatHangsOnItAndTakesNothingMore()
    {
        const string Session = "mine-5f0c2b9d81e7";
        Clearinghouse.SignedOrder order = world.Sign(1, ApiWorld.One, ApiWorld.BtcE8 * 80 / 100, 601);
        string refusal = $"The session {Session} is not open: hold the stream /api/orders/session?id={Session} first; the order would be cancelled when it ends.";
        Assert.Equal(refusal, (await world.OrderRelay.SubmitAsync(order, Session, CancellationToken.None)).Refusal);

        // Two streams hold it, as while a client connects anew; the end of one of them ends nothing.
        using (HttpResponseMessage later = await HoldAsync(Session))
        {
            using (await HoldAsync(Session))
            {
                Assert.Equal("", (await world.OrderRelay.SubmitAsync(order, Session, CancellationToken.None)).Refusal);
            }

            Assert.Equal("text/event-stream", later.Content.Headers.ContentType?.MediaType);
            await using Stream events = await later.Content.ReadAsStreamAsync();
            Assert.NotEqual(0, await events.ReadAsync(new byte[1]));
            Assert.False(world.Orders.Find(1, 601)!.IsOver);
        }

        for (int i = 0; i < 1200 && !world.Orders.Find(1, 601)!.IsOver; i++)
        {
            await Task.Delay(100);
        }

        Assert.Equal("its session ended", world.Orders.Find(1, 601)!.Reason);
        Assert.Equal(refusal, (await world.OrderRelay.SubmitAsync(world.Sign(1, ApiWorld.One, ApiWorld.BtcE8 * 80 / 100, 602), Session, CancellationToken.None)).Refusal);
    }

    /// <summary>A stream of a session, from which its first event is read: by then it is open.</summary>
    private async Task<HttpResponseMessage> HoldAsync(string session)
    {
        HttpResponseMessage stream = await world.Http.GetAsync($"/api/orders/session?id={session}", HttpCompletionOption.ResponseHeadersRead);
        Stream events = await stream.Content.ReadAsStreamAsync();
        Assert.NotEqual(0, await events.ReadAsync(new byte[1]));
        return stream;
    }
}
