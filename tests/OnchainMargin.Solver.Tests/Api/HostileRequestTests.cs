using System.Net;
using System.Text;

namespace OnchainMargin.Solver.Tests.Api;

/// <summary>Bodies that nobody would send who means well: none is an error of the server.</summary>
public sealed class HostileRequestTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private const string Order = """{"account":"1","instrument":"1","sizeE8":"1","limitPriceE8":"1","nonce":"1","expiry":"1","maxFeeRateE8":"1","flags":0}""";

    public static TheoryData<string, string> Bodies()
    {
        string far = string.Join(",", Enumerable.Repeat("""{"underlying":"BTC","pricePercent":"300","volatilityPercent":"300"}""", 64));
        string deep = new string('[', 100_000) + new string(']', 100_000);
        string huge = new('9', 100_000);
        var bodies = new TheoryData<string, string>();
        foreach (string path in (string[])["/api/accounts/3/what-if", "/api/accounts/1/withdrawal-proof", "/api/settlement-proofs", "/api/orders", "/api/orders/1/1/cancel"])
        {
            foreach (string body in (string[])["", "null", "{", "[]", "{}", "\"\"", deep, $"{{\"order\":{deep}}}"])
            {
                bodies.Add(path, body);
            }
        }

        foreach (string path in (string[])["/attest/signatures", "/attest/proposals", "/attest/attestations"])
        {
            foreach (string body in (string[])["null", "{", "{}", """{"account":1}""", """{"account":1,"asker":{}}""", """{"kind":"surfaces","content":"0x"}""", """{"epoch":"0x","signer":"","signature":null}""", deep])
            {
                bodies.Add(path, body);
            }
        }

        bodies.Add("/api/accounts/3/what-if", $"{{\"moves\":[{far}]}}");
        bodies.Add("/api/accounts/3/what-if", """{"moves":[null]}""");
        bodies.Add("/api/accounts/3/what-if", """{"fills":[null]}""");
        bodies.Add("/api/accounts/3/what-if", """{"fills":[{}]}""");
        bodies.Add("/api/accounts/3/what-if", """{"cashE8":"9223372036854775807"}""");
        bodies.Add("/api/accounts/3/what-if", $"{{\"cashE8\":\"{huge}\"}}");
        bodies.Add("/api/accounts/3/what-if", """{"fills":[{"instrument":"BTC-PERP","sizeE8":"9007199254740992","priceE8":"562949953421312"}]}""");
        bodies.Add("/api/accounts/1/withdrawal-proof", """{"token":0}""");
        bodies.Add("/api/accounts/1/withdrawal-proof", """{"token":0,"amountRaw":"340282366920938463463374607431768211455"}""");
        bodies.Add("/api/accounts/1/withdrawal-proof", """{"token":0,"amountRaw":"1","asker":{}}""");
        bodies.Add("/api/accounts/18446744073709551615/withdrawal-proof", """{"token":0,"amountRaw":"1"}""");
        bodies.Add("/api/settlement-proofs", """{"orders":[null],"fills":[null]}""");
        bodies.Add("/api/settlement-proofs", """{"orders":[{}],"fills":[{}]}""");
        bodies.Add("/api/settlement-proofs", $"{{\"orders\":[{{\"order\":{Order},\"signer\":\"0x00\",\"signature\":\"0x\"}}],\"fills\":[{{\"maker\":0,\"taker\":0,\"sizeE8\":\"1\"}}]}}");
        bodies.Add("/api/orders", """{"order":null,"signer":null,"signature":null}""");
        bodies.Add("/api/orders", """{"order":{},"signer":"","signature":""}""");
        bodies.Add("/api/orders", $"{{\"order\":{Order},\"signer\":\"0x0000000000000000000000000000000000000001\",\"signature\":\"0x{huge}\"}}");
        bodies.Add("/api/orders", $"{{\"order\":{Order.Replace("\"sizeE8\":\"1\"", "\"sizeE8\":\"-9223372036854775808\"", StringComparison.Ordinal)},\"signer\":\"0x0000000000000000000000000000000000000001\",\"signature\":\"0x\"}}");
        return bodies;
    }

    [Theory]
    [MemberData(nameof(Bodies), DisableDiscoveryEnumeration = true)]
    public async Task Post_HostileBody_IsNoErrorOfTheServer(string path, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using HttpResponseMessage reply = await world.Http.PostAsync(path, content);
        Assert.True(reply.StatusCode < HttpStatusCode.InternalServerError, $"{path} answers {(int)reply.StatusCode} to {(body.Length > 200 ? body[..200] : body)}");
    }

    [Theory]
    [InlineData("/api/accounts?after=18446744073709551615&limit=500")]
    [InlineData("/api/accounts?limit=-2147483648")]
    [InlineData("/api/accounts/18446744073709551615")]
    [InlineData("/api/accounts/3/curve?underlying=65535")]
    [InlineData("/api/accounts/3/withdrawable?token=65535")]
    [InlineData("/api/accounts/3/tail?horizonHours=1&level=NaN")]
    [InlineData("/api/instruments/BTC-99XXX99-1-C")]
    [InlineData("/api/instruments/BTC-27FEB26-99999999999999999999-C")]
    [InlineData("/api/trades?limit=-5&instrument=")]
    [InlineData("/api/books/%00")]
    [InlineData("/api/epochs?limit=2147483647")]
    [InlineData("/api/auctions/18446744073709551615")]
    [InlineData("/attest/books/18446744073709551615")]
    public async Task Get_HostileQuestion_IsNoErrorOfTheServer(string path)
    {
        using HttpResponseMessage reply = await world.Http.GetAsync(path);
        Assert.True(reply.StatusCode != HttpStatusCode.InternalServerError, $"{path} answers {(int)reply.StatusCode}");
    }
}
