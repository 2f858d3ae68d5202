using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using OnchainMargin.Browser.Tests.Support;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Margin;

namespace OnchainMargin.Browser.Tests;

/// <summary>Instruments, orders and positions on the page: what is held can be closed, what is open can be cancelled, and what is shown is what it is called.</summary>
public sealed class TradePageTests(PageWorld world) : IClassFixture<PageWorld>
{
    private const long Btc = 89_035_47000000;
    private const int Day = 86_400;
    private const string ByName = "Another one, by its name…";

    [BrowserFact]
    public async Task Instruments_BeyondTheList_AreHeldOrNamedAndNothingTakesTheirPlace()
    {
        await world.PriceAsync(Btc, untilNormal: true);
        uint expiry = (uint)((((await world.Protocol.NowAsync() / Day) + 30) * Day) + (8 * 3600));
        await world.Protocol.PublishSurfaceAsync(expiry, 280_000_000_000);
        string day = DateTimeOffset.FromUnixTimeSeconds(expiry).ToString("dMMMyy", CultureInfo.InvariantCulture).ToUpperInvariant();
        (string held, string named, string listed) = ($"BTC-{day}-97500-P", $"BTC-{day}-96500-C", $"BTC-{day}-95000-C");
        await using Visitor visitor = await world.VisitAsync();
        await visitor.ConnectAsync();
        ulong account = await visitor.OpenAccountAsync();
        await visitor.DepositAsync("50000", "50,000");
        await HoldAsync(visitor, account, $$"""[{"instrument":"{{Instrument.Put(1, expiry, 975_000_000).Packed}}","name":"{{held}}","underlying":"1","kind":"Put","expirySeconds":"{{expiry}}","strikeE4":"975000000","sizeE8":"100000000","costE8":"0","markE8":"900000000000","gainE8":"900000000000","entryE8":null}]""");

        // What is held is offered, though its strike is none of the list's.
        await visitor.TabAsync("Trade");
        ILocator instrument = visitor.Field("Instrument");
        ILocator buy = visitor.Page.Locator("button.buy");
        await instrument.SelectOptionAsync(held);
        await visitor.Field("Size").FillAsync("0.1");
        await visitor.ChooseAsync("Sell");
        await Assertions.Expect(visitor.Button($"Sell 0.1 {held}")).ToBeEnabledAsync();

        // A limit is not taken along to another market.
        await visitor.Field("Take at least").FillAsync("9000");

        // Kept in one piece: of two tabs the one would keep the limit, the other the market.
        JsonNode market = JsonNode.Parse(await visitor.Page.EvaluateAsync<string>("localStorage.getItem('omargin-market')"))!;
        Assert.Equal((held, "9000"), (market["name"]!.GetValue<string>(), market["priceText"]!.GetValue<string>()));
        await instrument.SelectOptionAsync("BTC-PERP");
        await Assertions.Expect(visitor.Field("Take at least")).ToHaveValueAsync("");
        await visitor.TabAsync("What-if");
        await visitor.Field("Instrument").SelectOptionAsync(held);
        await visitor.Field("Size").FillAsync("1");
        await Assertions.Expect(visitor.Page.GetByTestId("then-initialMarginE8")).ToContainTextAsync("$");
        await Assertions.Expect(visitor.Page.GetByTestId("then-initialMarginE8")).Not.ToHaveTextAsync("$0.00");

        // Any other is found by its name, and signed by its own number.
        await visitor.TabAsync("Trade");
        await visitor.ChooseAsync("Buy");
        await instrument.SelectOptionAsync(new SelectOptionValue { Label = ByName });
        await visitor.Field("Name").FillAsync(named);
        await visitor.Page.Locator(".hint").Filter(new LocatorFilterOptions { HasText = "BTC call at 96,500 of" }).WaitForAsync();
        await Assertions.Expect(visitor.Page.GetByTestId("preview")).ToContainTextAsync("keep its initial margin");
        await visitor.ClearActivityAsync();
        await visitor.AssertAccessibleAsync("an instrument by its name");
        await visitor.Button($"Buy 0.1 {named}").ClickAsync();
        await visitor.Page.Locator(".step[data-state=done], .step[data-state=failed]").First.WaitForAsync();
        Assert.Equal(Instrument.Call(1, expiry, 965_000_000).Packed.ToString(CultureInfo.InvariantCulture), JsonNode.Parse(visitor.Wallet.LastTypedData)!["message"]!["instrument"]!.GetValue<string>());
        await visitor.ClearActivityAsync();
        await visitor.Page.ReloadAsync();
        await Assertions.Expect(instrument).ToHaveValueAsync(named);

        // What leaves the list stays chosen, with its market.
        await instrument.SelectOptionAsync(listed);
        await visitor.Field("Size").FillAsync("0.1");
        await Assertions.Expect(visitor.Button($"Buy 0.1 {listed}")).ToBeEnabledAsync();
        await visitor.Page.RouteAsync("**/api/instruments", async route =>
        {
            IAPIResponse answer = await route.FetchAsync();
            JsonArray all = JsonNode.Parse(await answer.TextAsync())!.AsArray();
            all.Remove(all.First(one => one!["name"]!.GetValue<string>() == listed));
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = all.ToJsonString() });
        });
        await visitor.Page.WaitForResponseAsync(answer => answer.Url.EndsWith($"/api/instruments/{listed}", StringComparison.Ordinal));
        await Assertions.Expect(visitor.Button($"Buy 0.1 {listed}")).ToBeEnabledAsync();
        await Assertions.Expect(instrument).ToHaveValueAsync(listed);

        // And what has no market any more is said to have none, and cannot be ordered.
        await visitor.Page.RouteAsync("**/api/instruments/*", static route => route.FulfillAsync(new RouteFulfillOptions { Status = 404, ContentType = "application/problem+json", Body = """{"detail":"no market"}""" }));
        await visitor.Notice($"{listed} has no market now.").WaitForAsync();
        await Assertions.Expect(buy).ToBeDisabledAsync();
        await Assertions.Expect(instrument).ToHaveValueAsync(listed);
    }

    [BrowserFact]
    public async Task Orders_ThatAreOpen_AreAllShownAndCancelledHoweverManyThereAre()
    {
        await world.PriceAsync(Btc, untilNormal: true);
        await using Visitor visitor = await world.VisitAsync();
        await visitor.ConnectAsync();
        ulong account = await visitor.OpenAccountAsync();
        await visitor.DepositAsync("50000", "50,000");
        for (int i = 0; i < 11; i++)
        {
            await world.OrderAsync(account, visitor.Wallet.Key, Deployed.Unit / 100, Btc - ((i + 1) * 10 * Deployed.Unit));
        }

        await visitor.TabAsync("Trade");
        ILocator orders = visitor.Page.GetByTestId("order");
        ILocator resting = visitor.Page.Locator("[data-testid=order][data-status=resting]");
        await Assertions.Expect(resting).ToHaveCountAsync(11);
        ILocator oldest = orders.Filter(new LocatorFilterOptions { HasText = "at 89,025.47" });
        await oldest.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Cancel: Buy 0.01 BTC-PERP at 89,025.47", Exact = true }).ClickAsync();
        await visitor.DoneAsync("Cancel the order for BTC-PERP");
        await Assertions.Expect(resting).ToHaveCountAsync(10);
        await Assertions.Expect(orders).ToHaveCountAsync(11);
        await Assertions.Expect(orders.Last).ToHaveAttributeAsync("data-status", "cancelled");
        await Assertions.Expect(orders.Last).ToContainTextAsync("at 89,025.47");

        // The relay fills it no more; whoever else has it still can, until its nonce is done on chain.
        ILocator onChain = orders.Last.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "On chain: cancel Buy 0.01 BTC-PERP at 89,025.47", Exact = true });
        await onChain.ClickAsync();
        await visitor.DoneAsync("Cancel the order for BTC-PERP on chain");
        await Assertions.Expect(onChain).ToHaveCountAsync(0, new LocatorAssertionsToHaveCountOptions { Timeout = 30_000 });

        // What is matched already can be filled all the same.
        await visitor.ClearActivityAsync();
        await visitor.Page.RouteAsync("**/cancel", static async route =>
        {
            IAPIResponse answer = await route.FetchAsync();
            JsonNode order = JsonNode.Parse(await answer.TextAsync())!;
            order["inFlightE8"] = "400000";
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = order.ToJsonString() });
        });
        await resting.First.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Cancel: Buy 0.01 BTC-PERP" }).ClickAsync();
        await visitor.Page.GetByText("0.004 of it are matched and on their way into a block, and can be filled still; the relay will not fill the rest.").WaitForAsync();
        await Assertions.Expect(resting).ToHaveCountAsync(9);

        // Whoever trusts the relay no more, or does not reach it, needs nothing of it to end what he signed.
        await visitor.Page.RouteAsync("**/api/**", static route => route.AbortAsync());
        await visitor.Button("Cancel everything").ClickAsync();
        await visitor.DoneAsync("Cancel everything");
        await visitor.Page.UnrouteAsync("**/api/**");
        await Assertions.Expect(resting).ToHaveCountAsync(0);

        // A double click is one order.
        await visitor.ClearActivityAsync();
        int signed = visitor.Wallet.AskedToSign;
        await visitor.Field("Size").FillAsync("0.02");
        await visitor.Field("Pay at most").FillAsync("88000");
        await visitor.Button("Buy 0.02 BTC-PERP").DblClickAsync();
        await visitor.DoneAsync("Buy 0.02 BTC-PERP");
        await Assertions.Expect(resting).ToHaveCountAsync(1);
        Assert.Equal(signed + 1, visitor.Wallet.AskedToSign);

        // What was done is told beside the page's end: in a window of any width nothing lies beneath it for good.
        await visitor.Page.SetViewportSizeAsync(1200, 500);
        ILocator told = visitor.Page.Locator(".step").First;
        await Assertions.Expect(told).ToBeVisibleAsync();
        await visitor.Page.EvaluateAsync("scrollTo(0, document.documentElement.scrollHeight)");
        await visitor.Page.WaitForFunctionAsync("() => document.querySelector('footer').getBoundingClientRect().bottom <= document.querySelector('.step').getBoundingClientRect().top");
    }

    /// <summary>An order whose answer is lost may be in the book: a new one would be filled beside it.</summary>
    [BrowserFact]
    public async Task Orders_WhoseAnswerIsLost_AreHandedInAgainAndNeverDoubled()
    {
        await world.PriceAsync(Btc, untilNormal: true);
        await using Visitor visitor = await world.VisitAsync();
        await visitor.ConnectAsync();
        ulong account = await visitor.OpenAccountAsync();
        await visitor.DepositAsync("20000", "20,000");
        int taken = 0;
        await visitor.Page.RouteAsync("**/api/orders", async route =>
        {
            await route.FetchAsync();
            taken++;
            await route.AbortAsync();
        });
        await visitor.TabAsync("Trade");
        await visitor.Field("Size").FillAsync("0.1");
        await visitor.Field("Pay at most").FillAsync("86000");
        ILocator buy = visitor.Page.Locator("button.buy");
        await buy.ClickAsync();
        ILocator step = visitor.Page.Locator(".step").Filter(new LocatorFilterOptions { HasText = "Whether it has taken the order is not known" });
        await step.WaitForAsync();
        await Assertions.Expect(buy).ToBeDisabledAsync();
        await visitor.AssertAccessibleAsync("an order without an answer");
        await visitor.Page.ReloadAsync();
        await step.WaitForAsync();
        Assert.InRange(taken, 2, int.MaxValue);
        await Assertions.Expect(buy).ToBeDisabledAsync();
        await visitor.Page.UnrouteAsync("**/api/orders");
        await visitor.DoneAsync("Buy 0.1 BTC-PERP");
        await visitor.Page.GetByText("The order rests in the book.").WaitForAsync();
        await Assertions.Expect(buy).ToBeEnabledAsync();
        await Assertions.Expect(visitor.Page.GetByTestId("order")).ToHaveCountAsync(1);
        Assert.Equal(1, visitor.Wallet.AskedToSign - 1);

        // Given up, it is told as what it may be; what was refused at the first is refused, and not handed in again.
        await visitor.ClearActivityAsync();
        await visitor.Page.RouteAsync("**/api/orders", static route => route.FulfillAsync(new RouteFulfillOptions { Status = 503, ContentType = "application/problem+json", Body = """{"detail":"The node is away."}""" }));
        await visitor.Field("Size").FillAsync("0.2");
        await buy.ClickAsync();
        await visitor.Page.GetByText("The node is away. Whether it has taken the order is not known").WaitForAsync();
        await visitor.Button("Give up: Buy 0.2 BTC-PERP").ClickAsync();
        Assert.Contains("The relay has not answered: the order may rest there and be filled until", await visitor.FailureAsync("Buy 0.2 BTC-PERP"), StringComparison.Ordinal);
        await visitor.Page.UnrouteAsync("**/api/orders");
        await visitor.Page.ReloadAsync();
        await Assertions.Expect(buy).ToBeEnabledAsync();
        await Assertions.Expect(visitor.Page.GetByTestId("order")).ToHaveCountAsync(1);
    }

    /// <summary>Who judges an order's end is the chain: a computer whose clock is ahead signed for longer than was chosen.</summary>
    [BrowserFact]
    public async Task Expiry_OfAnOrder_IsByTheChainsClock()
    {
        await world.PriceAsync(Btc, untilNormal: true);
        await using Visitor visitor = await world.VisitAsync();
        await visitor.Page.AddInitScriptAsync("{ const real = Date.now; Date.now = () => real() + 100 * 86400000; }");
        await visitor.Page.ReloadAsync();
        await visitor.ConnectAsync();
        await visitor.OpenAccountAsync();
        await visitor.TabAsync("Trade");
        await visitor.Field("Size").FillAsync("0.1");
        await visitor.Page.Locator("button.buy").ClickAsync();
        await visitor.FailureAsync("Buy 0.1 BTC-PERP");
        double expiry = double.Parse(JsonNode.Parse(visitor.Wallet.LastTypedData)!["message"]!["expiry"]!.GetValue<string>(), CultureInfo.InvariantCulture);
        double now = await world.Protocol.NowAsync();
        Assert.InRange(expiry, now, now + (2 * Day));

        // Where nobody moves the chain's clock for a test, one of the two is wrong.
        int signed = visitor.Wallet.AskedToSign;
        await visitor.Page.RouteAsync("**/api/deployment", static async route =>
        {
            IAPIResponse answer = await route.FetchAsync();
            JsonNode deployment = JsonNode.Parse(await answer.TextAsync())!;
            deployment["chainId"] = "10";
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = deployment.ToJsonString() });
        });
        await visitor.ClearActivityAsync();
        await visitor.Page.ReloadAsync();
        await visitor.Page.Locator("button.buy").ClickAsync();
        Assert.Contains("minutes apart, so what you sign would end at another time than you think. Nothing was signed or sent", await visitor.FailureAsync("Buy 0.1 BTC-PERP"), StringComparison.Ordinal);
        Assert.Equal(signed, visitor.Wallet.AskedToSign);
    }

    [BrowserFact]
    public async Task Options_InThePortfolio_HaveAValueAndNoProfit()
    {
        await using Visitor visitor = await world.VisitAsync();
        await visitor.ConnectAsync();
        ulong account = await visitor.OpenAccountAsync();
        await HoldAsync(visitor, account, """
            [{"instrument":"1","name":"BTC-1JAN27-90000-C","underlying":"1","kind":"Call","expirySeconds":"1798790400","strikeE4":"900000000","sizeE8":"-100000000","costE8":"0","markE8":"90000000000","gainE8":"-90000000000","entryE8":null},
             {"instrument":"2","name":"BTC-PERP","underlying":"1","kind":"Perpetual","expirySeconds":"0","strikeE4":"0","sizeE8":"100000000","costE8":"8900000000000","markE8":"8905000000000","gainE8":"5000000000","entryE8":"8900000000000"}]
            """);
        await visitor.TabAsync("Portfolio");
        await RowAsync(visitor, "position-BTC-1JAN27-90000-C", ["short 1", "premium received", "900.00", "−$900.00", "–"]);
        await RowAsync(visitor, "position-BTC-PERP", ["long 1", "89,000.00", "89,050.00", "–", "+$50.00"]);
        await RowAsync(visitor, "together", ["−$900.00", "+$50.00"]);
    }

    /// <summary>What the API says that an account holds, in place of what it holds.</summary>
    private static async Task HoldAsync(Visitor visitor, ulong account, string positions) =>
        await visitor.Page.RouteAsync($"**/api/accounts/{account}?live=true", async route =>
        {
            IAPIResponse answer = await route.FetchAsync();
            JsonNode shown = JsonNode.Parse(await answer.TextAsync())!;
            shown["positions"] = JsonNode.Parse(positions);
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = shown.ToJsonString() });
        });

    private static Task RowAsync(Visitor visitor, string row, string[] cells) => Assertions.Expect(visitor.Page.GetByTestId(row).Locator("td")).ToHaveTextAsync(cells);
}
