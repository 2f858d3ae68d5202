using System.Text.Json.Nodes;
using Microsoft.Playwright;
using OnchainMargin.Browser.Tests.Support;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Browser.Tests;

/// <summary>What the page tells of transactions that end otherwise than they began, and of tokens whose permits are of their own kind.</summary>
public sealed class SentTransactionTests(PageWorld world) : IClassFixture<PageWorld>
{
    private const string Replaced = "Your wallet sent something else in place of this transaction, a cancellation perhaps. Nothing of it was done.";
    private const uint DomainSeparator = 0x3644e515;
    private const uint PermitTypeHash = 0x30adf81f;
    private const uint Nonces = 0x7ecebe00;

    [BrowserFact]
    public async Task Transactions_CancelledInTheWallet_AreToldAsNotDone()
    {
        await using Visitor visitor = await world.VisitAsync();
        await visitor.ConnectAsync();
        ulong account = await visitor.OpenAccountAsync();
        await visitor.MintAsync();
        await visitor.Field("Amount").FillAsync("100");
        visitor.Wallet.Stalls = true;
        await visitor.Submit("Deposit 100 USDC").ClickAsync();
        await MinedForAsync(visitor);
        await visitor.Wallet.CancelAsync();
        Assert.Contains(Replaced, await visitor.FailureAsync("Deposit 100 USDC"), StringComparison.Ordinal);
        Assert.Empty((await world.Protocol.Client.GetAccountAsync(account)).Balances);

        // The same at a higher fee is what was sent, also for a page that was loaded anew meanwhile.
        await visitor.ClearActivityAsync();
        await visitor.Submit("Deposit 100 USDC").ClickAsync();
        await MinedForAsync(visitor);
        await visitor.Wallet.SpeedUpAsync();
        await visitor.Page.GetByText($"100 USDC count as collateral of account {account}.").WaitForAsync();
        await visitor.ClearActivityAsync();
        await visitor.ChooseAsync("Withdraw");
        await visitor.Field("Amount").FillAsync("40");
        await visitor.Submit("Withdraw 40 USDC").ClickAsync();
        await MinedForAsync(visitor);
        await visitor.Page.ReloadAsync();
        await visitor.Wallet.SpeedUpAsync();
        await visitor.DoneAsync("Withdraw 40 USDC");
        await visitor.ClearActivityAsync();

        // And one that was cancelled is not, once it was.
        await visitor.Field("Amount").FillAsync("10");
        await visitor.Submit("Withdraw 10 USDC").ClickAsync();
        await MinedForAsync(visitor);
        await visitor.Page.GotoAsync("about:blank");
        await visitor.Wallet.CancelAsync();
        await visitor.Page.GotoAsync(world.Url);
        Assert.Contains(Replaced, await visitor.FailureAsync("Withdraw 10 USDC"), StringComparison.Ordinal);
        BookAccount left = await world.Protocol.Client.GetAccountAsync(account);
        Assert.Equal(60 * Deployed.Unit, left.State.CashE8);
    }

    /// <summary>A wallet beside others leaves window.ethereum to them: the page reads through the one that is connected, also after a reload.</summary>
    [BrowserFact]
    public async Task Wallet_ThatOnlyAnnouncesItself_ReadsSendsAndIsAskedByTheReferee()
    {
        await using Visitor visitor = await world.VisitAsync(isOnlyAnnounced: true);
        Assert.False(await visitor.Page.EvaluateAsync<bool>("'ethereum' in window"));
        await visitor.ConnectAsync();
        ulong account = await visitor.OpenAccountAsync();
        await visitor.DepositAsync("100", "100");
        Assert.Single((await world.Protocol.Client.GetAccountAsync(account)).Balances);
        await visitor.Page.ReloadAsync();
        await visitor.Page.GetByText("In your wallet: 99,900 USDC").WaitForAsync();
        await visitor.TabAsync("Trust");
        await visitor.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "on chain" }).ClickAsync();
        ILocator verdict = visitor.Page.GetByTestId("verdict");
        await Assertions.Expect(verdict).ToContainTextAsync("Your wallet's own node was asked.", new LocatorAssertionsToContainTextOptions { Timeout = 90_000 });
    }

    /// <summary>Whoever has gone to another account by the time that a new one is open stays there: what he deposits then goes where he looks.</summary>
    [BrowserFact]
    public async Task Account_ThatOpensLate_TakesThePlaceOfNoneThatWasChosenMeanwhile()
    {
        await using Visitor visitor = await world.VisitAsync();
        await visitor.ConnectAsync();
        ulong first = await visitor.OpenAccountAsync();
        ILocator select = visitor.Page.Locator(".account-bar select");
        await visitor.Button("Open another").ClickAsync();
        await Assertions.Expect(select).ToHaveValueAsync($"{first + 1}");
        await visitor.TabAsync("Funds");
        await visitor.ChooseAsync("Deposit");
        await visitor.Field("Amount").FillAsync("10");
        await Assertions.Expect(visitor.Button($"Deposit 10 USDC into account {first + 1}")).ToHaveCountAsync(1);
        await visitor.ClearActivityAsync();
        visitor.Wallet.Stalls = true;
        await visitor.Button("Open another").ClickAsync();
        await MinedForAsync(visitor);
        await select.SelectOptionAsync($"{first}");
        await visitor.Wallet.MineAsync();
        await visitor.Page.GetByText($"Your account {first + 2} is open; choose it above.").WaitForAsync();
        await Assertions.Expect(select).ToHaveValueAsync($"{first}");
        await Assertions.Expect(visitor.Button($"Deposit 10 USDC into account {first}")).ToHaveCountAsync(1);
    }

    /// <summary>A tick is for the loan that stands beside it: another amount is another loan.</summary>
    [BrowserFact]
    public async Task Loan_OfAWithdrawal_IsTickedForOneAmount()
    {
        await using Visitor visitor = await world.VisitAsync();
        await visitor.ConnectAsync();
        ulong account = await visitor.OpenAccountAsync();
        await visitor.DepositAsync("100", "100");
        await visitor.ChooseAsync("Withdraw");
        await visitor.Field("Amount").FillAsync("150");
        ILocator loan = visitor.Page.GetByTestId("loan");
        await Assertions.Expect(loan).ToContainTextAsync("This borrows $50.00 against collateral");
        ILocator withdraw = visitor.Button($"Withdraw 150 USDC from account {account}");
        await Assertions.Expect(withdraw).ToBeDisabledAsync();
        await loan.GetByRole(AriaRole.Checkbox).CheckAsync();
        await Assertions.Expect(withdraw).ToBeEnabledAsync();
        await visitor.Field("Amount").FillAsync("1500");
        await Assertions.Expect(loan).ToContainTextAsync("This borrows $1,400.00 against collateral");
        await Assertions.Expect(loan.GetByRole(AriaRole.Checkbox)).Not.ToBeCheckedAsync();
        await Assertions.Expect(visitor.Submit("Withdraw 1,500 USDC")).ToBeDisabledAsync();
    }

    [BrowserFact]
    public async Task Approval_ThatAReloadCutsOffFromItsDeposit_IsNotToldAsTheDeposit()
    {
        await using Visitor visitor = await world.VisitAsync();
        await visitor.ConnectAsync();
        ulong account = await visitor.OpenAccountAsync();
        await visitor.MintAsync();

        // A token whose domain nobody knows takes an approval.
        visitor.Wallet.Views[DomainSeparator] = [1];
        visitor.Wallet.Stalls = true;
        await visitor.Field("Amount").FillAsync("50");
        await visitor.Submit("Deposit 50 USDC").ClickAsync();
        await MinedForAsync(visitor);

        // Declined after it, the deposit alone was not sent.
        visitor.Wallet.Rejects = true;
        await visitor.Wallet.MineAsync();
        Assert.Contains("You declined this in your wallet. What was sent before, an approval say, stands", await visitor.FailureAsync("Deposit 50 USDC"), StringComparison.Ordinal);
        visitor.Wallet.Rejects = false;
        await visitor.ClearActivityAsync();

        // And one that is cut off by a reload may be open in the wallet, in another tab's name.
        await visitor.Field("Amount").FillAsync("100");
        await visitor.Submit("Deposit 100 USDC").ClickAsync();
        await MinedForAsync(visitor);
        await visitor.Page.GetByText("Stay on this page: there is more to do.").WaitForAsync();
        await visitor.Page.ReloadAsync();
        await visitor.Wallet.MineAsync();
        Assert.Contains("The approval is in. What comes next may be open in your wallet: look there first.", await visitor.FailureAsync("Deposit 100 USDC"), StringComparison.Ordinal);
        Assert.Empty((await world.Protocol.Client.GetAccountAsync(account)).Balances);
        await visitor.ClearActivityAsync();

        visitor.Wallet.Stalls = false;
        await visitor.Submit("Deposit 100 USDC").ClickAsync();
        await visitor.DoneAsync("Deposit 100 USDC");
        Assert.Equal("", visitor.Wallet.LastTypedData);
        Assert.Single((await world.Protocol.Client.GetAccountAsync(account)).Balances);
    }

    [BrowserFact]
    public async Task Permits_OfADomainOfVersionTwo_AreSignedInIt()
    {
        await using Visitor visitor = await world.VisitAsync();
        await visitor.ConnectAsync();
        await visitor.OpenAccountAsync();
        await visitor.TabAsync("Funds");
        await visitor.ChooseAsync("Deposit");
        await visitor.Field("Token").SelectOptionAsync(PageWorld.Versioned);
        await visitor.Button($"mint test {PageWorld.Versioned}").ClickAsync();
        await visitor.DoneAsync($"Mint test {PageWorld.Versioned}");
        await visitor.Page.GetByText($"In your wallet: 100,000 {PageWorld.Versioned}").WaitForAsync();
        await visitor.ClearActivityAsync();
        int sent = visitor.Wallet.AskedToSend;
        await visitor.Field("Amount").FillAsync("100");
        await visitor.Submit($"Deposit 100 {PageWorld.Versioned}").ClickAsync();
        await visitor.DoneAsync($"Deposit 100 {PageWorld.Versioned}");
        Assert.Equal("2", JsonNode.Parse(visitor.Wallet.LastTypedData)!["domain"]!["version"]!.GetValue<string>());
        Assert.Equal(sent + 1, visitor.Wallet.AskedToSend);
    }

    /// <summary>DAI's permit is of another shape under the same name, and what a token refuses must not be carried to the vault, which goes on without it.</summary>
    [BrowserFact]
    public async Task Permits_ThatTheTokenWouldNotTake_GiveWayToAnApproval()
    {
        foreach ((uint view, int signatures) in ((uint, int)[])[(PermitTypeHash, 0), (Nonces, 1)])
        {
            await using Visitor visitor = await world.VisitAsync();
            await visitor.ConnectAsync();
            await visitor.OpenAccountAsync();
            await visitor.MintAsync();
            int sent = visitor.Wallet.AskedToSend;
            visitor.Wallet.Views[view] = [77];
            await visitor.Field("Amount").FillAsync("100");
            await visitor.Submit("Deposit 100 USDC").ClickAsync();
            await visitor.DoneAsync("Deposit 100 USDC");
            Assert.Equal((signatures, sent + 2), (visitor.Wallet.AskedToSign, visitor.Wallet.AskedToSend));
        }
    }

    /// <summary>Waits until the wallet has sent and the page waits for the block.</summary>
    private static Task MinedForAsync(Visitor visitor) => visitor.Page.Locator(".step[data-state=mining]").WaitForAsync();
}
