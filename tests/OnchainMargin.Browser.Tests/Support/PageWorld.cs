using System.Globalization;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Keys;
using OnchainMargin.Ethereum.Sending;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Browser.Tests.Support;

/// <summary>A node, a deployment, a solver that serves the page, and a Chromium: shared by the tests, which use wallets of their own.</summary>
public sealed class PageWorld : IAsyncLifetime
{
    private IPlaywright? _playwright;
    private WebApplication? _host;
    private ulong _nonce;

    public HardhatNode Chain { get; private set; } = null!;

    public Deployed Protocol { get; private set; } = null!;

    /// <summary>A token whose permits are signed in a domain of version "2"; listed last.</summary>
    public const string Versioned = "VERS";

    public Trader Maker { get; private set; } = null!;

    /// <summary>Whose key the solver's keeper sends with.</summary>
    public Trader Keeper { get; private set; } = null!;

    public IBrowser Browser { get; private set; } = null!;

    public string Url { get; private set; } = "";

    /// <summary>Where screenshots are kept.</summary>
    public static string Screenshots { get; } = Directory.CreateDirectory(Path.Combine(TestFiles.Root, ".run", "browser")).FullName;

    public async Task InitializeAsync()
    {
        if (BrowserFactAttribute.Missing is not null)
        {
            return;
        }

        Repository.Artifacts();
        Chain = await HardhatNode.StartAsync();
        Address versioned = await CreateTokenAsync();
        Protocol = await Deployed.CreateAsync(Chain, change: plan => plan with
        {
            Tokens = [.. plan.Tokens, plan.Tokens[1] with { Symbol = Versioned, Decimals = 6, Address = versioned, WrapsEther = false, Corridor = null }],
        });
        Maker = await Protocol.TraderAsync(5_000_000);
        // The keeper proves and starts auctions but bids on none: that is left to people here.
        Keeper = await Protocol.TraderAsync(0);
        SolverOptions options = Protocol.Options(0, Keeper, "solver.db", [.. SolverRoles.All]);
        options = options with { Api = options.Api with { WebFolder = BrowserFactAttribute.Page, RequestsPerTenSeconds = 0 } };
        _host = await SolverHost.CreateAsync(options);
        await _host.StartAsync();
        Url = _host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        _playwright = await Playwright.CreateAsync();
        Browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = BrowserFactAttribute.Chromium, Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
    }

    /// <summary>Somebody with a wallet in front of the page.</summary>
    public async Task<Visitor> VisitAsync(int width = 1200, int height = 900, ColorScheme scheme = ColorScheme.Light, PrivateKey? key = null, Action<InjectedWallet>? prepare = null, bool isOnlyAnnounced = false)
    {
        PrivateKey mine = key ?? await Deployed.FundedKeyAsync(Chain);
        IBrowserContext context = await Browser.NewContextAsync(new BrowserNewContextOptions { ViewportSize = new ViewportSize { Width = width, Height = height }, ColorScheme = scheme, ReducedMotion = ReducedMotion.Reduce });
        context.SetDefaultTimeout(90_000);
        IPage page = await context.NewPageAsync();
        var errors = new List<string>();
        page.PageError += (_, error) => errors.Add(error);
        InjectedWallet wallet = await InjectedWallet.InjectAsync(page, Chain, mine, isOnlyAnnounced);
        prepare?.Invoke(wallet);
        await page.GotoAsync(Url);
        return new Visitor(context, page, wallet, errors);
    }

    /// <summary>Sets the price of bitcoin and lets time pass until the chain believes it: a single answer far from the average is held in a band.</summary>
    /// <param name="priceE8">The price.</param>
    /// <param name="untilNormal">Waits for trading, too: it stops while the price is far from its average.</param>
    public async Task PriceAsync(long priceE8, bool untilNormal = false)
    {
        const int MostSteps = 200;
        for (int i = 0; i < MostSteps; i++)
        {
            await Protocol.SetPriceAsync(1, priceE8);
            UnderlyingRecord bitcoin = (await Protocol.Client.GetLiveInputsAsync()).Checkpoint.Underlyings[0];
            if (bitcoin.SpotE8 == priceE8 && (!untilNormal || bitcoin.MarketState == MarketState.Normal))
            {
                return;
            }

            await Chain.PassAsync(120);
            await Task.Delay(250);
        }

        Assert.Fail($"the chain does not believe a price of {priceE8}");
    }

    /// <summary>The maker rests an order for bitcoin perpetuals in the relay.</summary>
    public Task OfferAsync(long sizeE8, long priceE8) => OrderAsync(Maker.Account, Maker.Key, sizeE8, priceE8);

    /// <summary>An order for bitcoin perpetuals is handed to the relay, through its API as anybody would.</summary>
    public async Task OrderAsync(ulong account, PrivateKey key, long sizeE8, long priceE8)
    {
        UInt128 instrument = Instrument.Perpetual(1).Packed;
        var order = new Clearinghouse.Order(account, instrument, sizeE8, (ulong)priceE8, ++_nonce, await Protocol.NowAsync() + 100_000, 1_000_000, 0);
        Clearinghouse.SignedOrder signed = Maker.Client.SignOrder(order, key);
        using var http = new HttpClient { BaseAddress = new Uri(Url) };
        using HttpResponseMessage reply = await http.PostAsJsonAsync("/api/orders", new
        {
            order = new
            {
                account = Text(order.Account),
                instrument = instrument.ToString(CultureInfo.InvariantCulture),
                sizeE8 = order.SizeE8.ToString(CultureInfo.InvariantCulture),
                limitPriceE8 = Text(order.LimitPriceE8),
                nonce = Text(order.Nonce),
                expiry = Text(order.Expiry),
                maxFeeRateE8 = Text(order.MaxFeeRateE8),
                flags = 0,
            },
            signer = signed.Signer.ToString(),
            signature = HexData.Encode(signed.Signature),
        });
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync());
    }

    public async Task DisposeAsync()
    {
        if (Browser is not null)
        {
            await Browser.DisposeAsync();
        }

        _playwright?.Dispose();
        if (_host is not null)
        {
            await _host.StopAsync();
            await _host.DisposeAsync();
        }

        if (Protocol is not null)
        {
            await Protocol.DisposeAsync();
        }

        if (Chain is not null)
        {
            await Chain.DisposeAsync();
        }
    }

    private async Task<Address> CreateTokenAsync()
    {
        using PrivateKey key = await Deployed.FundedKeyAsync(Chain);
        using TransactionSender sender = Deployed.Sender(Chain, key);
        TransactionRequest creation = new(null, new ArtifactFolder(Repository.Artifacts()).Read("VersionedToken").Bytecode);
        return (await sender.SendAsync(creation)).ContractAddress!.Value;
    }

    private static string Text(ulong value) => value.ToString(CultureInfo.InvariantCulture);
}
