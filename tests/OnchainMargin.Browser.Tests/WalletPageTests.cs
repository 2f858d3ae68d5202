using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using OnchainMargin.Browser.Tests.Support;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Browser.Tests;

/// <summary>What a trader does on the page, against a real node and solver.</summary>
public sealed partial class WalletPageTests(PageWorld world) : IClassFixture<PageWorld>
{
    private const long Btc = 89_035_47000000;

    [BrowserFact]
    public async Task Trader_FromConnectToWithdraw_SeesEveryFigureAndMovesMoney()
    {
        await world.PriceAsync(Btc, untilNormal: true);
        await using Visitor visitor = await world.VisitAsync();
        await visitor.ScreenshotAsync("01-welcome");
        await visitor.ConnectAsync();
        await visitor.OpenAccountAsync();
        await visitor.DoneAsync("Open an account");
        await visitor.DepositAsync("40000", "40,000");
        Assert.Contains("\"primaryType\":\"Permit\"", visitor.Wallet.LastTypedData, StringComparison.Ordinal);
        await Assertions.Expect(visitor.Page.GetByTestId("equity")).ToHaveTextAsync("$40,000.00", new LocatorAssertionsToHaveTextOptions { Timeout = 90_000 });
        await visitor.ScreenshotAsync("02-deposit");

        // What would two bitcoins do? The slider moves the price by keyboard.
        await visitor.TabAsync("What-if");
        await visitor.Field("Size").FillAsync("1");
        await Assertions.Expect(visitor.Page.GetByTestId("what-if")).ToHaveTextAsync("The account would keep its initial margin.");

        // The answer to the question before is shown for none.
        ILocator then = visitor.Page.GetByTestId("then-initialMarginE8");
        string before = await then.InnerTextAsync();
        var answer = new TaskCompletionSource();
        await visitor.Page.RouteAsync("**/what-if", async route =>
        {
            await answer.Task;
            await route.ContinueAsync();
        });
        await visitor.Field("Size").FillAsync("1.5");
        await Assertions.Expect(then).ToHaveTextAsync("…");
        await Assertions.Expect(visitor.Page.GetByTestId("what-if")).ToHaveTextAsync("…");
        answer.SetResult();
        await Assertions.Expect(then).ToHaveTextAsync(Amount());
        Assert.NotEqual(before, await then.InnerTextAsync());
        await visitor.Page.UnrouteAsync("**/what-if");
        await visitor.Field("Size").FillAsync("1");
        await Assertions.Expect(then).ToHaveTextAsync(before);
        await visitor.Page.GetByRole(AriaRole.Slider).First.FocusAsync();
        for (int i = 0; i < 40; i++)
        {
            await visitor.Page.Keyboard.PressAsync("ArrowLeft");
        }

        await Assertions.Expect(visitor.Page.GetByTestId("what-if")).ToHaveTextAsync("The account could be liquidated.");
        await visitor.ScreenshotAsync("03-what-if");
        await visitor.AssertAccessibleAsync("what-if");

        // A maker's order rests in the relay; the trader's meets it.
        await world.OfferAsync(-2 * Deployed.Unit, Btc);
        await visitor.TabAsync("Trade");
        await visitor.ChooseAsync("Buy");
        await visitor.Field("Size").FillAsync("1");
        await Assertions.Expect(visitor.Page.GetByTestId("preview")).ToContainTextAsync("keep its initial margin");
        await visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Use the price 89,035.47" }).ClickAsync();
        await visitor.ClearActivityAsync();
        await visitor.ScreenshotAsync("04-trade");
        await visitor.AssertAccessibleAsync("trade");
        await visitor.Page.Locator("button.buy").ClickAsync();
        await visitor.DoneAsync("Buy 1 BTC-PERP");
        Assert.Contains("\"primaryType\":\"Order\"", visitor.Wallet.LastTypedData, StringComparison.Ordinal);
        await Assertions.Expect(visitor.Page.GetByTestId("order").First).ToHaveAttributeAsync("data-status", "filled", new LocatorAssertionsToHaveAttributeOptions { Timeout = 90_000 });

        // Resting and being filled whole exclude each other, and neither box locks the other.
        await visitor.Field("Only rest in the book").CheckAsync();
        await visitor.Field("All at once or nothing").CheckAsync();
        await Assertions.Expect(visitor.Field("Only rest in the book")).Not.ToBeCheckedAsync();
        await Assertions.Expect(visitor.Field("Only rest in the book")).ToBeEnabledAsync();
        await visitor.Field("All at once or nothing").UncheckAsync();

        // An order that rests, and is taken back.
        await visitor.Field("Size").FillAsync("0.1");
        await visitor.Field("Pay at most").FillAsync("86000");
        await visitor.Page.Locator("button.buy").ClickAsync();
        await visitor.DoneAsync("Buy 0.1 BTC-PERP");
        await visitor.Button("Cancel: Buy 0.1 BTC-PERP at 86,000.00").ClickAsync();
        await visitor.DoneAsync("Cancel the order for BTC-PERP");
        await Assertions.Expect(visitor.Page.GetByTestId("order").First).ToHaveAttributeAsync("data-status", "cancelled");

        await visitor.TabAsync("Portfolio");
        await Assertions.Expect(visitor.Page.GetByTestId("position-BTC-PERP")).ToContainTextAsync("long");
        await visitor.ClearActivityAsync();
        await visitor.ScreenshotAsync("05-portfolio");
        await visitor.AssertAccessibleAsync("portfolio");
        await visitor.TabAsync("Margin");
        await Assertions.Expect(visitor.Page.GetByTestId("worst")).ToHaveTextAsync("BTC falls by 14 %.");
        await visitor.Page.Locator(".chart .equity").First.WaitForAsync();
        await visitor.ScreenshotAsync("06-margin");
        await visitor.AssertAccessibleAsync("margin");

        // The referee, asked through the wallet, says the same integers.
        await visitor.TabAsync("Trust");
        await visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "on chain" }).ClickAsync();
        await Assertions.Expect(visitor.Page.GetByTestId("verdict")).ToContainTextAsync("is the same here and on chain", new LocatorAssertionsToContainTextOptions { Timeout = 90_000 });
        await visitor.ScreenshotAsync("07-trust");
        await visitor.AssertAccessibleAsync("trust");

        // More than the margin allows is refused in the contract's own figures, less goes through.
        await visitor.TabAsync("Funds");
        await visitor.ChooseAsync("Withdraw");
        await visitor.Field("Amount").FillAsync("33000");

        // One line says by which proof it would go; attesters are asked by a signature, and say why they do not show this one.
        ILocator proof = visitor.Page.GetByTestId("proof");
        await Assertions.Expect(proof).ToContainTextAsync("no leaf of an epoch shows it, and the attesters were not asked; no fee.");
        await proof.GetByRole(AriaRole.Button).ClickAsync();
        await visitor.DoneAsync("Ask the attesters");
        await Assertions.Expect(proof).ToContainTextAsync("what the attesters signed asks for more cash than is there; no fee.");
        await visitor.Submit("Withdraw 33,000 USDC").ClickAsync();
        Assert.Contains("of initial margin. Use a smaller amount, or deposit first.", await visitor.FailureAsync("Withdraw 33,000 USDC"), StringComparison.Ordinal);
        await visitor.ClearActivityAsync();
        await visitor.Field("Amount").FillAsync("5000");
        await Assertions.Expect(proof).ToContainTextAsync("; no fee.");
        await visitor.ScreenshotAsync("08-withdraw");
        await visitor.AssertAccessibleAsync("funds");
        await visitor.Submit("Withdraw 5,000 USDC").ClickAsync();
        await visitor.DoneAsync("Withdraw 5,000 USDC");
        await visitor.Page.GetByText("In your wallet: 65,000 USDC").Or(visitor.Page.GetByTestId("withdrawable")).First.WaitForAsync();

        // A reload loses nothing: view, account and connection are as they were.
        await visitor.Page.ReloadAsync();
        await visitor.Page.GetByTestId("withdrawable").WaitForAsync();
        await Assertions.Expect(visitor.Page.GetByTestId("health")).ToContainTextAsync("Healthy");
    }

    [BrowserFact]
    public async Task Liquidation_WhileWatching_IsShownAndBidOn()
    {
        await world.PriceAsync(Btc, untilNormal: true);
        await using Visitor owner = await world.VisitAsync();
        await owner.ConnectAsync();
        ulong account = await owner.OpenAccountAsync();
        await owner.DepositAsync("20000", "20,000");
        await world.OfferAsync(-Deployed.Unit, Btc);
        await owner.TabAsync("Trade");
        await owner.Field("Size").FillAsync("1");
        await owner.Field("Pay at most").FillAsync("89035.47");
        await owner.Page.Locator("button.buy").ClickAsync();
        await owner.DoneAsync("Buy 1 BTC-PERP");
        await owner.TabAsync("Portfolio");
        await Assertions.Expect(owner.Page.GetByTestId("position-BTC-PERP")).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 90_000 });

        await using Visitor bidder = await world.VisitAsync();
        await bidder.ConnectAsync();
        await bidder.OpenAccountAsync();
        await bidder.DepositAsync("90000", "90,000");

        await world.PriceAsync(Btc * 87 / 100);
        await Assertions.Expect(owner.Page.GetByTestId("health")).ToContainTextAsync("Below maintenance margin", new LocatorAssertionsToContainTextOptions { Timeout = 120_000 });
        await owner.Notice("This account is being liquidated").WaitForAsync(new LocatorWaitForOptions { Timeout = 120_000 });
        await owner.ClearActivityAsync();
        await owner.ScreenshotAsync("09-liquidation");
        await owner.AssertAccessibleAsync("liquidation");

        await bidder.TabAsync("Auctions");
        ILocator auction = bidder.Page.GetByTestId("auction").Filter(new LocatorFilterOptions { HasText = $"of account {account.ToString(CultureInfo.InvariantCulture)}" });
        await auction.WaitForAsync();
        await world.Chain.PassAsync(400);
        await Assertions.Expect(auction.GetByTestId("quote")).ToContainTextAsync("You pay", new LocatorAssertionsToContainTextOptions { Timeout = 120_000 });
        await bidder.ClearActivityAsync();
        await bidder.ScreenshotAsync("10-auction");
        await bidder.AssertAccessibleAsync("auctions");

        // What was shown is the most that is paid: where the price has risen by the time of the click, nothing is sent.
        ILocator bid = auction.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Bid" });
        int sent = bidder.Wallet.AskedToSend;
        bidder.Wallet.Views[LiquidationHouse.BidCall.Selector] = [1];
        await bidder.Page.RouteAsync("**/api/auctions/*", async route =>
        {
            bidder.Wallet.Views.Clear();
            await route.ContinueAsync();
        });
        await Assertions.Expect(auction.GetByTestId("quote")).ToHaveTextAsync("You pay at most $0.00");
        await bid.ClickAsync();
        await bidder.Page.Locator(".step[data-state=failed]").Filter(new LocatorFilterOptions { HasText = "now, where it was you pay $0.00. Nothing was sent." }).WaitForAsync();
        Assert.Equal(sent, bidder.Wallet.AskedToSend);
        await bidder.ClearActivityAsync();
        await Assertions.Expect(auction.GetByTestId("quote")).Not.ToHaveTextAsync("You pay at most $0.00");

        // A keeper ends auctions of accounts that are healthy again; this one has no coins, and the owner does it.
        await world.Chain.EmptyAsync(world.Keeper.Key.Address);
        await bid.ClickAsync();
        await bidder.Page.Locator(".step[data-state=done]").WaitForAsync(new LocatorWaitForOptions { Timeout = 120_000 });
        await owner.TabAsync("Auctions");
        await owner.Button("End the auction").ClickAsync(new LocatorClickOptions { Timeout = 120_000 });
        await owner.Page.Locator(".step[data-state=done]").Filter(new LocatorFilterOptions { HasText = "The auction is over" }).WaitForAsync();
        Assert.Equal(0UL, (await world.Protocol.Client.GetAccountAsync(account)).OpenLot);
        await Assertions.Expect(owner.Button("End the auction")).ToHaveCountAsync(0, new LocatorAssertionsToHaveCountOptions { Timeout = 90_000 });
        await world.Chain.FundAsync(world.Keeper.Key.Address);
        await bidder.TabAsync("Portfolio");
        await Assertions.Expect(bidder.Page.GetByTestId("position-BTC-PERP")).ToContainTextAsync("long", new LocatorAssertionsToContainTextOptions { Timeout = 90_000 });
        await Assertions.Expect(owner.Page.GetByTestId("health")).Not.ToContainTextAsync("Below maintenance margin", new LocatorAssertionsToContainTextOptions { Timeout = 120_000 });
        Assert.Contains((await world.Protocol.Client.ReplayAsync()).Lots.Values, lot => lot.Account == account && lot.Bids > 0);
    }

    [BrowserFact]
    public async Task Losses_NotPaidYet_AreToldBeforeMoneyMovesAndWhatCameBackIsClaimed()
    {
        await using Visitor visitor = await world.VisitAsync();
        await visitor.ConnectAsync();
        await visitor.OpenAccountAsync();
        await visitor.TabAsync("Funds");
        await visitor.ChooseAsync("Deposit");
        await visitor.Button("mint test USDC").WaitForAsync();
        await Assertions.Expect(visitor.Page.GetByTestId("deficit")).ToHaveCountAsync(0);
        await Assertions.Expect(visitor.Page.GetByTestId("held")).ToHaveCountAsync(0);

        visitor.Wallet.Views[Clearinghouse.DeficitCall.Selector] = [(ulong)(25_000 * Deployed.Unit)];
        // With interest of a quarter since the accounts were touched, 100,000 are credited.
        visitor.Wallet.Views[Clearinghouse.CashBasesCall.Selector] = [0, (ulong)(80_000 * Deployed.Unit)];
        visitor.Wallet.Views[PriceHub.IndicesCall.Selector] = [1_300_000_000_000, 1_250_000_000_000];
        visitor.Wallet.Views[Clearinghouse.LossOfCall.Selector] = [(ulong)(30 * Deployed.Unit)];
        visitor.Wallet.Views[Clearinghouse.HeldForCall.Selector] = [(ulong)(12 * Deployed.Unit)];
        ILocator notice = visitor.Page.GetByTestId("deficit");
        await Assertions.Expect(notice).ToContainTextAsync("There are losses that nothing has paid yet. They are $25,000.00.", new LocatorAssertionsToContainTextOptions { Timeout = 30_000 });
        await Assertions.Expect(notice).ToContainTextAsync("paid about 75.0 %");
        await Assertions.Expect(notice).ToContainTextAsync("USDC that you deposit now shares in this; other tokens do not.");
        ILocator held = visitor.Page.GetByTestId("held");
        await Assertions.Expect(held).ToContainTextAsync("$12.00");
        await Assertions.Expect(held).ToContainTextAsync("$30.00");
        await visitor.ClearActivityAsync();
        await visitor.ScreenshotAsync("20-losses");
        await visitor.AssertAccessibleAsync("losses");
        await visitor.ChooseAsync("Withdraw");
        await Assertions.Expect(notice).ToContainTextAsync("Other tokens are paid whole.");

        // Of a withdrawal it is told what the chain paid.
        visitor.Wallet.PaidRaw = 75_000_000;
        await visitor.DepositAsync("100", "100");
        await visitor.ChooseAsync("Withdraw");
        await visitor.Field("Amount").FillAsync("100");
        await visitor.Submit("Withdraw 100 USDC").ClickAsync();
        await visitor.DoneAsync("Withdraw 100 USDC");
        await visitor.Page.GetByText("75 USDC of 100 USDC are in your wallet; 25 USDC were written down for losses that nothing has paid yet, and come back out of fees.").WaitForAsync();

        // The chain itself holds nothing for this wallet, and says so.
        await visitor.Button("Claim").ClickAsync();
        Assert.Contains("Nothing is held for this wallet any more", await visitor.FailureAsync("Claim $12.00"), StringComparison.Ordinal);
    }

    [BrowserFact]
    public async Task Delegate_AppointedOnThePage_TradesAllOrNothingAndTheOwnerMovesThePosition()
    {
        await world.PriceAsync(Btc, untilNormal: true);
        await using Visitor owner = await world.VisitAsync();
        await owner.ConnectAsync();
        ulong account = await owner.OpenAccountAsync();
        await owner.DepositAsync("60000", "60,000");

        await using Visitor bot = await world.VisitAsync();
        await bot.ConnectAsync();
        await bot.Button("Open an account").WaitForAsync();
        await owner.TabAsync("Access");
        await owner.Field("Address").FillAsync("0x12");
        await Assertions.Expect(owner.Button("Appoint")).ToBeDisabledAsync();
        await owner.Field("Address").FillAsync(bot.Wallet.Address.ToString());
        await owner.ClearActivityAsync();
        await owner.ScreenshotAsync("15-access");
        await owner.AssertAccessibleAsync("access");
        await owner.Button("Appoint").ClickAsync();
        await Assertions.Expect(owner.Page.GetByTestId("delegate")).ToContainTextAsync("may sign orders", new LocatorAssertionsToContainTextOptions { Timeout = 90_000 });

        // The delegate finds the account in the list and is shown none of it before it is picked: an appointment asks nobody's consent.
        string number = account.ToString(CultureInfo.InvariantCulture);
        ILocator choice = bot.Page.Locator(".account-bar select");
        await choice.WaitForAsync();
        await Assertions.Expect(bot.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Open your first account" })).ToBeVisibleAsync();
        await Assertions.Expect(choice).ToHaveValueAsync("");
        await Assertions.Expect(bot.Page.GetByTestId("equity")).ToHaveCountAsync(0);
        await choice.SelectOptionAsync(number);
        await bot.Page.GetByText($"Account {number} belongs to").WaitForAsync();
        await Assertions.Expect(bot.Page.Locator(".account-bar")).ToContainTextAsync($"of {Short(owner.Wallet.Address)}");

        // What a delegate pays in is the owner's, and nothing is paid in before he has ticked that; he withdraws and moves nothing.
        await bot.TabAsync("Funds");
        await bot.ChooseAsync("Deposit");
        await bot.Button("mint test USDC").ClickAsync();
        await bot.DoneAsync("Mint test USDC");
        await bot.Field("Amount").FillAsync("10");
        await Assertions.Expect(bot.Page.GetByTestId("gift")).ToContainTextAsync($"belongs to {owner.Wallet.Address}; only they can take this out.");
        await Assertions.Expect(bot.Submit("Deposit 10 USDC")).ToBeDisabledAsync();
        await bot.Page.GetByTestId("gift").GetByRole(AriaRole.Checkbox).CheckAsync();
        await Assertions.Expect(bot.Submit("Deposit 10 USDC")).ToBeEnabledAsync();
        await Assertions.Expect(bot.Page.GetByRole(AriaRole.Radio, new PageGetByRoleOptions { Name = "Withdraw" })).ToHaveCountAsync(0);
        await Assertions.Expect(bot.Page.GetByRole(AriaRole.Radio, new PageGetByRoleOptions { Name = "Move" })).ToHaveCountAsync(0);
        await bot.ClearActivityAsync();
        await bot.AssertAccessibleAsync("a delegate's deposit");

        // What was picked stays over a reload; it trades, and all at once or not at all.
        await bot.Page.ReloadAsync();
        await Assertions.Expect(choice).ToHaveValueAsync(number);
        await world.OfferAsync(-Deployed.Unit, Btc);
        await bot.TabAsync("Trade");
        await bot.Field("All at once or nothing").CheckAsync();
        await bot.Field("Size").FillAsync("1.5");
        await bot.Field("Pay at most").FillAsync("89035.47");
        await bot.Page.Locator("button.buy").ClickAsync();
        Assert.Contains("no resting order fills all of it", await bot.FailureAsync("Buy 1.5 BTC-PERP"), StringComparison.Ordinal);
        await bot.ClearActivityAsync();
        await bot.Field("Size").FillAsync("0.5");
        await bot.ScreenshotAsync("16-delegate-trades");
        await bot.AssertAccessibleAsync("a delegate's trade");
        await bot.Page.Locator("button.buy").ClickAsync();
        await bot.DoneAsync("Buy 0.5 BTC-PERP");
        await Assertions.Expect(bot.Page.GetByTestId("order").First).ToHaveAttributeAsync("data-status", "filled", new LocatorAssertionsToHaveAttributeOptions { Timeout = 90_000 });

        // The losses of a bad day, and who stands for the figures.
        await owner.TabAsync("Margin");
        await Assertions.Expect(owner.Page.GetByTestId("tail")).ToContainTextAsync("BTC-PERP", new LocatorAssertionsToContainTextOptions { Timeout = 90_000 });
        await owner.ClearActivityAsync();
        await owner.ScreenshotAsync("17-tail");
        await owner.AssertAccessibleAsync("tail");
        await owner.TabAsync("Trust");
        await Assertions.Expect(owner.Page.GetByTestId("bonds")).ToContainTextAsync("its signature counts");
        await owner.ScreenshotAsync("18-bonds");

        // Position and collateral go to a second account together.
        await owner.Button("Open another").ClickAsync();
        await owner.DoneAsync("Open an account");
        ILocator select = owner.Page.Locator(".account-bar select");
        await Assertions.Expect(select.Locator("option")).ToHaveCountAsync(2, new LocatorAssertionsToHaveCountOptions { Timeout = 90_000 });
        await select.SelectOptionAsync(account.ToString(CultureInfo.InvariantCulture));
        await owner.TabAsync("Funds");
        await owner.ChooseAsync("Move");
        await owner.Field("Amount").FillAsync("20000");
        await owner.Page.GetByLabel("0.5 BTC-PERP").CheckAsync();
        await Assertions.Expect(owner.Page.GetByTestId("proof")).ToContainTextAsync($"Account {account}: ");
        await owner.ClearActivityAsync();
        await owner.ScreenshotAsync("19-move");
        await owner.AssertAccessibleAsync("move");
        await owner.Submit("Move 20,000 USDC").ClickAsync();
        await owner.Page.Locator(".step[data-state=done], .step[data-state=failed]").WaitForAsync(new LocatorWaitForOptions { Timeout = 90_000 });
        Assert.Equal("done", await owner.Page.Locator(".step").First.GetAttributeAsync("data-state"));
        Assert.Empty((await world.Protocol.Client.GetAccountAsync(account)).State.Positions);

        // Whoever holds the other side of what was taken over is told before it is reduced.
        await owner.Page.RouteAsync("**/api/needs", static route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "application/json", Body = """[{"instrument":"0","name":"none","sizeE8":"1"}]""" }));
        await Task.Delay(4500);
        await Assertions.Expect(owner.Page.GetByTestId("needs")).ToHaveCountAsync(0);
        string instrument = OnchainMargin.Margin.Instrument.Perpetual(1).Packed.ToString(CultureInfo.InvariantCulture);
        await owner.Page.UnrouteAsync("**/api/needs");
        await owner.Page.RouteAsync("**/api/needs", route => route.FulfillAsync(new RouteFulfillOptions { ContentType = "application/json", Body = $$"""[{"instrument":"{{instrument}}","name":"BTC-PERP","sizeE8":"-100000000"}]""" }));
        await select.SelectOptionAsync(new SelectOptionValue { Index = 1 });
        await Assertions.Expect(owner.Page.GetByTestId("needs")).ToContainTextAsync("Auto-deleveraging is under way.", new LocatorAssertionsToContainTextOptions { Timeout = 30_000 });
        await owner.AssertAccessibleAsync("a notice of deleveraging");
    }

    [BrowserFact]
    public async Task Page_NarrowAndDark_FitsAndIsAccessible()
    {
        await world.PriceAsync(Btc, untilNormal: true);
        await using Visitor visitor = await world.VisitAsync(360, 740, ColorScheme.Dark);
        await visitor.AssertFitsAsync("the welcome");
        await visitor.AssertAccessibleAsync("the welcome, dark");
        await visitor.ConnectAsync();
        await visitor.OpenAccountAsync();
        await visitor.DepositAsync("30000", "30,000");
        await world.OfferAsync(Deployed.Unit / 2, Btc * 99 / 100);
        await visitor.ClearActivityAsync();
        foreach (string tab in (string[])["Portfolio", "Trade", "Funds", "Margin", "What-if", "Auctions", "Access", "Trust"])
        {
            await visitor.TabAsync(tab);
            await visitor.Page.GetByRole(AriaRole.Tabpanel).WaitForAsync();
            await Task.Delay(600);
            await visitor.AssertFitsAsync(tab);
            await visitor.AssertAccessibleAsync($"{tab}, dark");
            await visitor.ScreenshotAsync($"20-narrow-dark-{tab.ToLowerInvariant()}");
        }

        // By keyboard alone: the tabs answer to the arrows, and the focus goes with them.
        await visitor.Page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Trust" }).FocusAsync();
        await visitor.Page.Keyboard.PressAsync("ArrowRight");
        await Assertions.Expect(visitor.Page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = "Portfolio" })).ToBeFocusedAsync();
        await visitor.Page.GetByText("No positions yet.").WaitForAsync();
    }

    [GeneratedRegex(@"^\$\d", RegexOptions.None, 1_000)]
    private static partial Regex Amount();

    /// <summary>An address as the page shows it.</summary>
    private static string Short(Address address) => $"{address.ToString()[..6]}…{address.ToString()[^4..]}";
}
