using System.Text.Json;
using Microsoft.Playwright;

namespace OnchainMargin.Browser.Tests.Support;

/// <summary>Somebody in front of the page, with what people do there.</summary>
public sealed class Visitor : IAsyncDisposable
{
    private static readonly string Axe = Path.Combine(TestFiles.Root, "web", "node_modules", "axe-core", "axe.min.js");

    private readonly IBrowserContext _context;
    private readonly IReadOnlyList<string> _errors;

    internal Visitor(IBrowserContext context, IPage page, InjectedWallet wallet, IReadOnlyList<string> errors)
    {
        _errors = errors;
        _context = context;
        Page = page;
        Wallet = wallet;
    }

    public IPage Page { get; }

    public InjectedWallet Wallet { get; }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = name, Exact = true });

    /// <summary>What sends a form, by what it says of it; a button that moves money names the account besides.</summary>
    public ILocator Submit(string name) => Page.Locator("form button[type=submit]").Filter(new LocatorFilterOptions { HasText = name });

    public ILocator Notice(string text) => Page.GetByRole(AriaRole.Alert).Filter(new LocatorFilterOptions { HasText = text }).First;

    public Task TabAsync(string name) => Page.GetByRole(AriaRole.Tab, new PageGetByRoleOptions { Name = name, Exact = true }).ClickAsync();

    public ILocator Field(string label) => Page.GetByLabel(label, new PageGetByLabelOptions { Exact = true });

    public Task ChooseAsync(string name) => Page.GetByRole(AriaRole.Radio, new PageGetByRoleOptions { Name = name, Exact = true }).CheckAsync();

    public async Task ConnectAsync()
    {
        await Button("Connect wallet").ClickAsync();
        await Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Test Wallet" }).ClickAsync();
    }

    /// <summary>Opens an account and gives its number.</summary>
    public async Task<ulong> OpenAccountAsync()
    {
        await Button("Open an account").ClickAsync();
        ILocator select = Page.Locator(".account-bar select");
        await select.WaitForAsync();
        return ulong.Parse(await select.InputValueAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>Mints test tokens and deposits some of them with a permit.</summary>
    /// <param name="amount">How many, as it is typed.</param>
    /// <param name="said">How the page says that it understood them.</param>
    public async Task DepositAsync(string amount, string said)
    {
        await MintAsync();
        await Field("Amount").FillAsync(amount);
        await Submit($"Deposit {said} USDC").ClickAsync();
        await DoneAsync($"Deposit {said} USDC");
    }

    /// <summary>Mints test tokens and stays where they are deposited; what the page told of it is dismissed, so that it lies over no button.</summary>
    public async Task MintAsync()
    {
        await TabAsync("Funds");
        await ChooseAsync("Deposit");
        await Button("mint test USDC").ClickAsync();
        await DoneAsync("Mint test USDC");
        await Page.GetByText("In your wallet: 100,000 USDC").WaitForAsync();
        await ClearActivityAsync();
    }

    /// <summary>Waits until an activity has come to a good end.</summary>
    public async Task DoneAsync(string title)
    {
        ILocator step = await EndAsync(".step[data-state=done], .step[data-state=failed]", title);
        Assert.True(await step.GetAttributeAsync("data-state") == "done", $"'{title}' failed: {await step.InnerTextAsync()}");
    }

    /// <summary>Waits until an activity has failed and gives the sentence that it failed with.</summary>
    public async Task<string> FailureAsync(string title)
    {
        ILocator step = await EndAsync(".step[data-state=failed]", title);
        return await step.InnerTextAsync();
    }

    public async Task ClearActivityAsync()
    {
        ILocator dismiss = Page.Locator(".step .icon");
        for (int left = await dismiss.CountAsync(); left > 0; left--)
        {
            await dismiss.First.ClickAsync();
        }
    }

    public Task ScreenshotAsync(string name) => Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(PageWorld.Screenshots, name + ".png"), FullPage = true });

    /// <summary>No element is cut off or makes the page wider than the window.</summary>
    public async Task AssertFitsAsync(string where)
    {
        int over = await Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - document.documentElement.clientWidth");
        Assert.True(over <= 0, $"{where} is {over} pixels wider than the window");
    }

    /// <summary>The accessibility scan finds nothing serious.</summary>
    public async Task AssertAccessibleAsync(string where)
    {
        await Page.EvaluateAsync(await File.ReadAllTextAsync(Axe));
        JsonElement? found = await Page.EvaluateAsync("async () => (await axe.run()).violations.map(v => ({ id: v.id, impact: v.impact, nodes: v.nodes.map(n => n.html.slice(0, 160) + ' | ' + n.failureSummary.slice(0, 300)) }))");
        string[] serious = [.. found!.Value.EnumerateArray().Where(static one => one.GetProperty("impact").GetString() is "serious" or "critical").Select(static one => one.ToString())];
        Assert.True(serious.Length == 0, $"{where}: {string.Join(Environment.NewLine, serious)}");
    }

    /// <summary>Waits for an activity to end; where it does not, says what the page is at instead.</summary>
    private async Task<ILocator> EndAsync(string selector, string title)
    {
        ILocator step = Page.Locator(selector).Filter(new LocatorFilterOptions { Has = Page.GetByText(title, new PageGetByTextOptions { Exact = true }) }).First;
        try
        {
            await step.WaitForAsync();
        }
        catch (TimeoutException)
        {
            await ScreenshotAsync("stuck");
            IReadOnlyList<string> steps = await Page.Locator(".step").AllInnerTextsAsync();
            Assert.Fail($"'{title}' did not end; the page shows {(steps.Count == 0 ? "no activity" : string.Join("; ", steps).ReplaceLineEndings(" "))}");
        }

        return step;
    }

    public async ValueTask DisposeAsync()
    {
        Wallet.Dispose();
        await _context.DisposeAsync();
        Assert.Empty(_errors);
    }
}
