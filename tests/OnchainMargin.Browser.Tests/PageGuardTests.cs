using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using OnchainMargin.Browser.Tests.Support;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Browser.Tests;

/// <summary>What the page keeps a trader from: wrong numbers, accounts, networks and fees, and figures of long ago.</summary>
public sealed class PageGuardTests(PageWorld world) : IClassFixture<PageWorld>
{
    private const long Btc = 89_035_47000000;

    [BrowserFact]
    public async Task Commas_InAnyNumber_AreRefusedWithWhatToWrite()
    {
        await using Visitor visitor = await world.VisitAsync();
        await visitor.ConnectAsync();
        await visitor.OpenAccountAsync();
        await visitor.DepositAsync("1250.75", "1,250.75");
        foreach ((string tab, string[] fields, string accepted) in ((string, string[], string)[])[("Funds", ["Amount"], "Deposit 0.5 USDC"), ("Trade", ["Size", "Pay at most"], "Buy 0.5 BTC-PERP"), ("What-if", ["Size"], "")])
        {
            await visitor.TabAsync(tab);
            ILocator submit = visitor.Page.Locator("form button[type=submit]").First;
            foreach (string label in fields)
            {
                ILocator field = visitor.Field(label);
                foreach (string text in (string[])["0,5", "1,000", "1,000.5", ",5"])
                {
                    await field.FillAsync(text);
                    await Assertions.Expect(field).ToHaveAttributeAsync("aria-invalid", "true");
                    await Assertions.Expect(visitor.Page.GetByText("Write a number like 1250.75, with a point before its decimals")).ToHaveCountAsync(1);
                    if (accepted.Length > 0)
                    {
                        await Assertions.Expect(submit).ToBeDisabledAsync();
                    }
                }

                await field.FillAsync("0.5");
                await Assertions.Expect(field).Not.ToHaveAttributeAsync("aria-invalid", "true");
            }

            if (accepted.Length > 0)
            {
                await Assertions.Expect(visitor.Submit(accepted)).ToBeEnabledAsync();
            }
        }
    }

    /// <summary>A press begins and ends at one place: where the button has moved away between the two, nothing is sent, or something else.</summary>
    [BrowserFact]
    public async Task Buttons_ThatMoveMoney_StayWhereTheyAreWhileFiguresCome()
    {
        await world.PriceAsync(Btc, untilNormal: true);
        await using Visitor visitor = await world.VisitAsync();
        await visitor.ConnectAsync();
        await visitor.OpenAccountAsync();
        await visitor.DepositAsync("2000", "2,000");
        var answers = new TaskCompletionSource();
        foreach (string late in (string[])["**/what-if", "**/withdrawal-proof"])
        {
            await visitor.Page.RouteAsync(late, async route =>
            {
                await answers.Task;
                await route.ContinueAsync();
            });
        }

        await visitor.ChooseAsync("Withdraw");
        await visitor.Page.GetByTestId("withdrawable").WaitForAsync();
        await visitor.Field("Amount").FillAsync("700");
        float withdraw = await PlaceAsync(visitor.Submit("Withdraw 700 USDC"));
        await visitor.TabAsync("Trade");
        await visitor.Field("Size").FillAsync("0.01");
        float buy = await PlaceAsync(visitor.Page.Locator("button.buy"));
        answers.SetResult();
        await Assertions.Expect(visitor.Page.GetByTestId("preview")).ToContainTextAsync("keep its initial margin");
        Assert.Equal(buy, await PlaceAsync(visitor.Page.Locator("button.buy")));
        await visitor.TabAsync("Funds");
        await visitor.Page.GetByTestId("proof").WaitForAsync();
        await Assertions.Expect(visitor.Page.Locator(".compare")).ToContainTextAsync("$1,300.00");
        Assert.Equal(withdraw, await PlaceAsync(visitor.Submit("Withdraw 700 USDC")));
    }

    /// <summary>Options that an account bought are equity and no floor equity: where the floor binds the page says how little is free, and does not call that healthy.</summary>
    [BrowserFact]
    public async Task Health_OfAnAccountBelowTheFloor_SaysSoAndWhatIsFree()
    {
        await using Visitor visitor = await world.VisitAsync();
        await visitor.Page.RouteAsync("**/api/accounts/*/margin?*", static async route =>
        {
            IAPIResponse answer = await route.FetchAsync();
            JsonNode margin = JsonNode.Parse(await answer.TextAsync())!;
            margin["freeE8"] = "-40000000000";
            margin["aboveFloorE8"] = "-40000000000";
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = margin.ToJsonString() });
        });
        await visitor.ConnectAsync();
        await visitor.OpenAccountAsync();
        await Assertions.Expect(visitor.Page.GetByTestId("health")).ToContainTextAsync("Below the chain's floor");
        await Assertions.Expect(visitor.Page.GetByTestId("free")).ToHaveTextAsync("−$400.00");
        await visitor.AssertAccessibleAsync("below the floor");
    }

    [BrowserFact]
    public async Task Delegation_ByAStranger_IsNeverChosenForTheWallet()
    {
        Trader stranger = await world.Protocol.TraderAsync(0);
        await using Visitor victim = await world.VisitAsync();
        var appointment = new Clearinghouse.SetDelegateCall(stranger.Account, victim.Wallet.Address, (byte)DelegateRights.Trade, await world.Protocol.NowAsync() + 1_000_000);
        await stranger.Client.SendAsync(TransactionRequest.Call(world.Protocol.Record.Contracts.Clearinghouse, appointment));

        // Also while the wallet's own accounts are not told: neither late nor failed is none.
        await victim.Page.RouteAsync("**/api/accounts?*owner=*", static route => route.FulfillAsync(new RouteFulfillOptions { Status = 503, ContentType = "application/problem+json", Body = """{"detail":"The index is empty still; ask again in a moment."}""" }));
        await victim.ConnectAsync();
        ILocator choice = victim.Page.Locator(".account-bar select");
        await choice.WaitForAsync();
        await victim.Notice("The index is empty still").WaitForAsync();
        await Assertions.Expect(choice).ToHaveValueAsync("");
        await Assertions.Expect(victim.Page.GetByText("belongs to")).ToHaveCountAsync(0);

        await victim.Page.UnrouteAsync("**/api/accounts?*owner=*");
        await Assertions.Expect(victim.Page.GetByRole(AriaRole.Heading, new PageGetByRoleOptions { Name = "Open your first account" })).ToBeVisibleAsync(new LocatorAssertionsToBeVisibleOptions { Timeout = 90_000 });
        await victim.TabAsync("Funds");
        await Assertions.Expect(victim.Page.GetByText("Open an account to see this.")).ToBeVisibleAsync();
        await victim.Button("Open an account").ClickAsync();
        await Assertions.Expect(choice).Not.ToHaveValueAsync("", new LocatorAssertionsToHaveValueOptions { Timeout = 90_000 });
        ulong opened = ulong.Parse(await choice.InputValueAsync(), CultureInfo.InvariantCulture);
        Assert.Equal(victim.Wallet.Address, (await world.Protocol.Client.GetAccountAsync(opened)).Owner);
    }

    /// <summary>Anybody can open an account for anybody: what is shown and acted on stays the one that it was.</summary>
    [BrowserFact]
    public async Task Accounts_OpenedByAStranger_NeverTakeThePlaceOfTheOneShown()
    {
        Trader stranger = await world.Protocol.TraderAsync(0);
        await using Visitor visitor = await world.VisitAsync();
        await visitor.ConnectAsync();
        string first = (await visitor.OpenAccountAsync()).ToString(CultureInfo.InvariantCulture);
        await stranger.Client.OpenAccountAsync(visitor.Wallet.Address);
        ILocator choice = visitor.Page.Locator(".account-bar select");
        await Assertions.Expect(choice.Locator("option")).ToHaveCountAsync(2, new LocatorAssertionsToHaveCountOptions { Timeout = 30_000 });
        await Assertions.Expect(choice).ToHaveValueAsync(first);

        // One that its owner opens is picked by the number that the chain gave it.
        await visitor.Button("Open another").ClickAsync();
        await visitor.DoneAsync("Open an account");
        await Assertions.Expect(choice.Locator("option")).ToHaveCountAsync(3, new LocatorAssertionsToHaveCountOptions { Timeout = 30_000 });
        string third = await choice.Locator("option").Last.InnerTextAsync();
        string second = await choice.Locator("option").Nth(1).InnerTextAsync();
        await Assertions.Expect(choice).ToHaveValueAsync(third);
        await visitor.Page.GetByText($"Your account {third} is open.").WaitForAsync();

        // However many others stand before it in the list.
        await visitor.Page.RouteAsync("**/api/accounts?*owner=*", static async route =>
        {
            IAPIResponse answer = await route.FetchAsync();
            JsonNode page = JsonNode.Parse(await answer.TextAsync())!;
            page["items"] = new JsonArray(page["items"]![0]!.DeepClone());
            page["next"] = "1";
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = page.ToJsonString() });
        });
        await visitor.Page.ReloadAsync();
        await Assertions.Expect(choice).ToHaveValueAsync(third);
        await visitor.TabAsync("Funds");
        await visitor.ChooseAsync("Move");
        await visitor.Field("Amount").FillAsync("1");
        foreach ((string number, bool isOwn) in ((string, bool)[])[(second, true), (third, false), (stranger.Account.ToString(CultureInfo.InvariantCulture), false)])
        {
            await visitor.Field("Or another of yours, by its number").FillAsync(number);
            await Assertions.Expect(visitor.Field("To account")).ToHaveValueAsync(isOwn ? number : first);
            await Assertions.Expect(visitor.Submit("Move 1 USDC")).ToBeEnabledAsync(new LocatorAssertionsToBeEnabledOptions { Enabled = isOwn });
        }

        await visitor.AssertAccessibleAsync("a move to an account by its number");
        await choice.SelectOptionAsync(first);
        await visitor.ClearActivityAsync();
        foreach ((string number, bool isOwn) in ((string, bool)[])[(third, true), (stranger.Account.ToString(CultureInfo.InvariantCulture), false)])
        {
            await choice.SelectOptionAsync(new SelectOptionValue { Label = "Another one, by its number…" });
            await visitor.Field("Number of the account").FillAsync(number);
            await visitor.AssertAccessibleAsync("an account by its number");
            await visitor.Button("Show").ClickAsync();
            await Assertions.Expect(choice).ToHaveValueAsync(number);
            await Assertions.Expect(visitor.Page.GetByText($"Account {number} is not yours")).ToHaveCountAsync(isOwn ? 0 : 1);
        }

        await visitor.TabAsync("Funds");
        await Assertions.Expect(visitor.Page.GetByText("Open an account to see this.")).ToBeVisibleAsync();
    }

    [BrowserFact]
    public async Task Errors_OfWalletNetworkAndNode_EachHaveTheirSentence()
    {
        await using Visitor visitor = await world.VisitAsync(prepare: static wallet => wallet.IsLocked = true);
        await visitor.ConnectAsync();
        await visitor.Notice("Your wallet is locked or waits for you.").WaitForAsync();
        await visitor.ScreenshotAsync("11-locked");
        visitor.Wallet.IsLocked = false;
        await visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Test Wallet" }).ClickAsync();
        await visitor.Button("Open an account").WaitForAsync();

        visitor.Wallet.Rejects = true;
        await visitor.Button("Open an account").ClickAsync();
        Assert.Contains("You declined this in your wallet. Nothing was sent.", await visitor.FailureAsync("Open an account"), StringComparison.Ordinal);
        await visitor.ScreenshotAsync("12-rejected");
        visitor.Wallet.Rejects = false;
        await visitor.ClearActivityAsync();

        await visitor.Wallet.ChooseChainAsync(visitor.Page, 1);
        await visitor.Notice("Wrong network.").WaitForAsync();
        await visitor.ScreenshotAsync("13-network");
        await visitor.AssertAccessibleAsync("wrong network");
        await visitor.Button("Switch network").ClickAsync();
        await visitor.Wallet.ChooseChainAsync(visitor.Page, 31337);
        await Assertions.Expect(visitor.Page.GetByText("Wrong network.")).ToHaveCountAsync(0);

        visitor.Wallet.IsNodeDown = true;
        await visitor.Button("Open an account").ClickAsync();
        Assert.Contains("The wallet's node does not answer.", await visitor.FailureAsync("Open an account"), StringComparison.Ordinal);
        visitor.Wallet.IsNodeDown = false;

        await visitor.Page.RouteAsync("**/readyz", static route => route.AbortAsync());
        await visitor.Notice("The solver does not answer.").WaitForAsync();
        await visitor.ScreenshotAsync("14-solver-down");
        await visitor.Page.UnrouteAsync("**/readyz");
        await Assertions.Expect(visitor.Page.GetByText("The solver does not answer.")).ToHaveCountAsync(0);
    }

    [BrowserFact]
    public async Task Network_OtherThanTheDeployments_IsSentAndSignedNothing()
    {
        await using Visitor visitor = await world.VisitAsync();

        // A node of the deployment's own answers reads whatever chain the wallet is on.
        await visitor.Page.RouteAsync("**/api/deployment", async route =>
        {
            IAPIResponse answer = await route.FetchAsync();
            JsonNode deployment = JsonNode.Parse(await answer.TextAsync())!;
            deployment["nodeUrl"] = world.Chain.Url;
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = deployment.ToJsonString() });
        });
        await visitor.Page.ReloadAsync();
        await visitor.ConnectAsync();
        await visitor.OpenAccountAsync();
        await visitor.DepositAsync("1000", "1,000");
        await visitor.ClearActivityAsync();
        (int sent, string signed) = (visitor.Wallet.AskedToSend, visitor.Wallet.LastTypedData);

        await visitor.Wallet.ChooseChainAsync(visitor.Page, 1);
        await visitor.Notice("Wrong network.").WaitForAsync();
        await visitor.Field("Amount").FillAsync("10");
        await visitor.Submit("Deposit 10 USDC").ClickAsync();
        Assert.Contains("Your wallet is on another network. Switch it and try again.", await visitor.FailureAsync("Deposit 10 USDC"), StringComparison.Ordinal);
        await visitor.Button("Open another").ClickAsync();
        Assert.Contains("Your wallet is on another network. Switch it and try again.", await visitor.FailureAsync("Open an account"), StringComparison.Ordinal);
        await visitor.TabAsync("Trade");
        await visitor.Field("Size").FillAsync("0.1");
        await visitor.Page.Locator("button.buy").ClickAsync();
        Assert.Contains("Your wallet is on another network. Switch it and try again.", await visitor.FailureAsync("Buy 0.1 BTC-PERP"), StringComparison.Ordinal);
        Assert.Equal((sent, signed), (visitor.Wallet.AskedToSend, visitor.Wallet.LastTypedData));

        // Back on it, ether is wrapped and paid in by one transaction.
        await visitor.Wallet.ChooseChainAsync(visitor.Page, 31337);
        await Assertions.Expect(visitor.Page.GetByText("Wrong network.")).ToHaveCountAsync(0);
        await visitor.TabAsync("Funds");
        await visitor.Field("Token").SelectOptionAsync("WETH");
        await visitor.Page.GetByLabel("Pay with ether, wrapped on the way").CheckAsync();
        await visitor.Field("Amount").FillAsync("0.5");
        await visitor.Submit("Deposit 0.5 WETH").ClickAsync();
        await visitor.DoneAsync("Deposit 0.5 WETH");
        Assert.Equal(sent + 1, visitor.Wallet.AskedToSend);
    }

    [BrowserFact]
    public async Task Cap_OfAToken_IsToldBeforeAndAfterADepositAndWhatIsAboveIsTheOwners()
    {
        ushort token = world.Protocol.Record.Tokens.First(static listed => listed.Symbol == "WETH").Index;
        Address vault = world.Protocol.Record.Contracts.MarginVault;
        await using Visitor visitor = await world.VisitAsync();
        await visitor.ConnectAsync();
        ulong account = await visitor.OpenAccountAsync();
        ulong counted = (ulong)((BigInteger)await world.Chain.Node.CallAsync(vault, new MarginVault.TotalOfCall(token)) / BigInteger.Pow(10, 18)) + 1;
        await world.Protocol.SendAsync((vault, new MarginVault.SetCapCall(token, counted, 0)));
        await visitor.TabAsync("Funds");
        await visitor.ChooseAsync("Deposit");
        await visitor.Field("Token").SelectOptionAsync("WETH");
        await visitor.Button("mint test WETH").ClickAsync();
        await visitor.DoneAsync("Mint test WETH");
        await visitor.Field("Amount").FillAsync("10");
        await Assertions.Expect(visitor.Page.GetByTestId("cap")).ToContainTextAsync("WETH is near its cap: not all of this would count now. Only ");
        await visitor.Submit("Deposit 10 WETH").ClickAsync();
        await visitor.DoneAsync("Deposit 10 WETH");
        await visitor.Page.GetByText("lie idle and count for nothing, above the cap of WETH").WaitForAsync();
        ILocator idle = visitor.Page.GetByTestId("idle");
        await Assertions.Expect(idle).ToContainTextAsync("There is no room below the cap now", new LocatorAssertionsToContainTextOptions { Timeout = 90_000 });
        await Assertions.Expect(idle.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Engage WETH", Exact = true })).ToBeDisabledAsync();
        await visitor.Field("Amount").FillAsync("1");
        await Assertions.Expect(visitor.Page.GetByTestId("cap")).ToContainTextAsync("WETH is at its cap, or its market is halted: nothing of this would count now.");
        await visitor.ClearActivityAsync();
        await visitor.ScreenshotAsync("21-cap");
        await visitor.AssertAccessibleAsync("above a cap");

        await world.Protocol.SendAsync((vault, new MarginVault.SetCapCall(token, counted + 2, 0)));
        await Assertions.Expect(idle).ToContainTextAsync("There is room for 2 WETH.", new LocatorAssertionsToContainTextOptions { Timeout = 90_000 });
        await idle.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Engage WETH", Exact = true }).ClickAsync();
        await visitor.DoneAsync("Engage WETH");
        await visitor.Page.GetByText($"2 WETH count as collateral of account {account}.").WaitForAsync();
        await Assertions.Expect(idle).ToContainTextAsync("There is no room below the cap now", new LocatorAssertionsToContainTextOptions { Timeout = 90_000 });
        await idle.GetByRole(AriaRole.Button, new LocatorGetByRoleOptions { Name = "Take out" }).ClickAsync();
        await Assertions.Expect(idle).ToHaveCountAsync(0, new LocatorAssertionsToHaveCountOptions { Timeout = 90_000 });
        Assert.Empty(await world.Protocol.Client.GetIdleAsync(account));
        await world.Protocol.SendAsync((vault, new MarginVault.SetCapCall(token, ulong.MaxValue, 0)));
    }

    [BrowserFact]
    public async Task Figures_ThatAreOld_AreGreyAndSaidToBe()
    {
        await using Visitor visitor = await world.VisitAsync();
        string ready = Ready("not ready", "\"5\"", "\"90\"");
        await visitor.Page.RouteAsync("**/readyz", route => route.FulfillAsync(new RouteFulfillOptions { Status = 503, ContentType = "application/json", Body = ready }));
        await visitor.Notice("The solver is still reading the chain, so what you see is old.").WaitForAsync();
        await visitor.Page.GetByText("It is at block 5 of 90.").WaitForAsync();
        ILocator old = visitor.Page.Locator("main.old");
        await Assertions.Expect(old).ToHaveCountAsync(1);
        await visitor.ScreenshotAsync("22-old");
        await visitor.AssertAccessibleAsync("old figures");

        ready = Ready("not ready", "null", "null");
        await visitor.Notice("The solver has not read the chain yet.").WaitForAsync();
        ready = Ready("not ready", "\"90\"", "\"90\"");
        await visitor.Notice("The solver cannot take in what the chain did, so what you see is old.").WaitForAsync();

        // A role that fails is named, and the figures are as new as ever.
        ready = Ready("not ready", "\"90\"", "\"90\"", """{"name":"relay","isWell":false,"failure":"its key has no coins"}""");
        await visitor.Page.Locator(".notice").Filter(new LocatorFilterOptions { HasText = "The solver's relay has trouble: its key has no coins" }).WaitForAsync();
        await Assertions.Expect(old).ToHaveCountAsync(0);

        // Blocks of a local chain come when somebody sends; of another one a newest block that is long past is told, though the solver is ready.
        ready = Ready("ready", "\"90\"", "\"90\"");
        await Assertions.Expect(visitor.Page.Locator(".notice")).ToHaveCountAsync(0, new LocatorAssertionsToHaveCountOptions { Timeout = 30_000 });
        await visitor.Page.RouteAsync("**/api/deployment", async route =>
        {
            IAPIResponse answer = await route.FetchAsync();
            JsonNode deployment = JsonNode.Parse(await answer.TextAsync())!;
            deployment["chainId"] = "10";
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = deployment.ToJsonString() });
        });
        await visitor.Page.ReloadAsync();
        await visitor.Notice("is long past, so what you see is old: its node has stopped, or the chain has.").WaitForAsync();
        await Assertions.Expect(old).ToHaveCountAsync(1);
    }

    /// <summary>Neither a browser that takes itself for offline nor an answer that never comes leaves old figures coloured as live.</summary>
    [BrowserFact]
    public async Task Figures_OfASolverThatIsSilent_AreGreyUntilItSpeaks()
    {
        await using Visitor visitor = await world.VisitAsync();
        ILocator old = visitor.Page.Locator("main.old");
        var answers = new TaskCompletionSource();
        await visitor.Page.RouteAsync("**/readyz", async route =>
        {
            await answers.Task;
            await route.ContinueAsync();
        });
        await visitor.Notice("so what you see is old").Or(visitor.Notice("The solver does not answer.")).First.WaitForAsync();
        await Assertions.Expect(old).ToHaveCountAsync(1);
        answers.SetResult();
        await visitor.Page.UnrouteAsync("**/readyz");
        await Assertions.Expect(old).ToHaveCountAsync(0, new LocatorAssertionsToHaveCountOptions { Timeout = 30_000 });
        await visitor.Page.Context.SetOfflineAsync(true);
        await visitor.Notice("The solver does not answer.").WaitForAsync();
        await Assertions.Expect(old).ToHaveCountAsync(1);
        await visitor.Page.Context.SetOfflineAsync(false);
        await Assertions.Expect(old).ToHaveCountAsync(0, new LocatorAssertionsToHaveCountOptions { Timeout = 30_000 });

        // Nor is what answers in its place taken for it.
        foreach (string body in (string[])["{}", "<html></html>"])
        {
            await visitor.Page.RouteAsync("**/readyz", route => route.FulfillAsync(new RouteFulfillOptions { Body = body }));
            await visitor.Notice("What answers here is not the solver.").WaitForAsync();
            await visitor.Page.UnrouteAsync("**/readyz");
            await Assertions.Expect(visitor.Notice("What answers here is not the solver.")).ToHaveCountAsync(0, new LocatorAssertionsToHaveCountOptions { Timeout = 30_000 });
        }
    }

    /// <summary>Anybody may deposit a unit of any token into any account: one that was listed after the deployment was recorded left the page blank.</summary>
    [BrowserFact]
    public async Task Views_OfWhatThePageDoesNotKnow_LeaveTheOthersStanding()
    {
        await using Visitor visitor = await world.VisitAsync();
        await visitor.ConnectAsync();
        await visitor.OpenAccountAsync();
        await visitor.TabAsync("Portfolio");
        bool isWhole = true;
        await visitor.Page.RouteAsync("**/api/accounts/*/margin?*", async route =>
        {
            IAPIResponse answer = await route.FetchAsync();
            JsonNode margin = JsonNode.Parse(await answer.TextAsync())!;
            margin["collaterals"] = JsonNode.Parse("""[{"token":"9","symbol":"#9","decimals":4,"amountRaw":"12345","valueE8":"0","haircutE8":"0"}]""");
            margin["greeks"] = isWhole ? margin["greeks"]!.DeepClone() : null;
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = margin.ToJsonString() });
        });
        ILocator row = visitor.Page.GetByRole(AriaRole.Row).Filter(new LocatorFilterOptions { HasText = "#9" });
        await Assertions.Expect(row).ToContainTextAsync("1.2345", new LocatorAssertionsToContainTextOptions { Timeout = 30_000 });
        isWhole = false;
        await visitor.Notice("This view cannot be shown.").WaitForAsync();
        await Assertions.Expect(visitor.Page.GetByTestId("health")).ToBeVisibleAsync();
        await visitor.AssertAccessibleAsync("a view that cannot be shown");
        await visitor.TabAsync("Access");
        await visitor.Page.GetByText("Nobody acts for this account but its owner.").WaitForAsync();
        await visitor.Page.UnrouteAsync("**/api/accounts/*/margin?*");
        await visitor.TabAsync("Portfolio");
        await visitor.Page.GetByText("No positions yet.").WaitForAsync();
    }

    [BrowserFact]
    public async Task Pause_ByTheGuardian_IsToldUntilItEnds()
    {
        await using Visitor visitor = await world.VisitAsync();
        ILocator notice = visitor.Page.GetByText("The guardian has paused trading: positions can only be made smaller");
        await Assertions.Expect(notice).ToHaveCountAsync(0);
        await visitor.Page.RouteAsync("**/api/deployment", static async route =>
        {
            IAPIResponse answer = await route.FetchAsync();
            JsonNode deployment = JsonNode.Parse(await answer.TextAsync())!;
            deployment["isPaused"] = true;
            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = deployment.ToJsonString() });
        });
        await visitor.Page.ReloadAsync();
        await notice.WaitForAsync();
        await visitor.Page.UnrouteAsync("**/api/deployment");
        await visitor.Page.ReloadAsync();
        await visitor.Button("Connect wallet").WaitForAsync();
        await Assertions.Expect(notice).ToHaveCountAsync(0);
    }

    [BrowserFact]
    public async Task Fee_ThatChanges_IsReadAnewBeforeAnOrderIsSigned()
    {
        await world.PriceAsync(Btc, untilNormal: true);
        await using Visitor visitor = await world.VisitAsync();
        await visitor.ConnectAsync();
        await visitor.OpenAccountAsync();
        await visitor.TabAsync("Trade");
        await visitor.Field("Size").FillAsync("0.1");
        // Not before the click: what the page reads by itself meanwhile is on it when the button is pressed.
        bool isChanged = false;
        await visitor.Page.RouteAsync("**/api/deployment", async route =>
        {
            IAPIResponse answer = await route.FetchAsync();
            JsonNode deployment = JsonNode.Parse(await answer.TextAsync())!;
            if (Volatile.Read(ref isChanged))
            {
                deployment["parameters"]!["takerFeeE8"] = "123000";
            }

            await route.FulfillAsync(new RouteFulfillOptions { Response = answer, Body = deployment.ToJsonString() });
        });
        await Assertions.Expect(visitor.Page.Locator("button.buy")).ToBeEnabledAsync();
        Volatile.Write(ref isChanged, true);
        await visitor.Page.Locator("button.buy").ClickAsync();
        Assert.Contains("The fee for taking is 0.123 % now. Nothing was signed; look at the order again.", await visitor.FailureAsync("Buy 0.1 BTC-PERP"), StringComparison.Ordinal);
        Assert.Equal("", visitor.Wallet.LastTypedData);
        await Assertions.Expect(visitor.Page.GetByText("Fee: 0.123 % taking")).ToBeVisibleAsync();
        await visitor.ClearActivityAsync();
        await visitor.Page.Locator("button.buy").ClickAsync();
        await visitor.Page.Locator(".step[data-state=done], .step[data-state=failed]").WaitForAsync();
        Assert.Equal("123000", JsonNode.Parse(visitor.Wallet.LastTypedData)!["message"]!["maxFeeRateE8"]!.GetValue<string>());
    }

    /// <summary>What a solver says of itself whose newest block is of February 2026.</summary>
    private static string Ready(string status, string block, string chainHead, string roles = "") =>
        $$"""{"status":"{{status}}","block":{{block}},"blockTimeSeconds":"1770000000","chainHead":{{chainHead}},"roles":[{{roles}}]}""";

    /// <summary>How far down the page something is.</summary>
    private static async Task<float> PlaceAsync(ILocator locator) => (await locator.BoundingBoxAsync())!.Y;
}
