using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Contracts;
using OnchainMargin.Margin;
using OnchainMargin.Protocol;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.EndToEnd.Tests;

[Collection(SharedChain.Name)]
public sealed class LifecycleTests(ChainFixture fixture)
{
    private const long Btc = 89_035_47000000;

    [Fact]
    public async Task Solver_FromDepositToAuction_LeavesTheAccountHealthy()
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader maker = await world.TraderAsync(1_000_000);
        Trader bold = await world.TraderAsync(20_000);
        Trader keeper = await world.TraderAsync(1_000_000);
        await world.AssertSameFiguresAsync();

        await world.TradeAsync(bold, maker, 1, Deployed.Unit, Btc);
        await world.AssertSameFiguresAsync();

        SolverOptions options = world.Options(keeper.Account, keeper, "solver.db", [.. SolverRoles.All]);
        await using WebApplication host = await SolverHost.CreateAsync(options);
        await host.StartAsync();
        using HttpClient http = Api(host);

        // Attest: the pricer takes a checkpoint, the attester signs and posts the book.
        await world.Chain.PassAsync(61);
        await Eventually.TrueAsync(async () => (await world.Client.ReplayAsync()).LatestEpoch is { } epoch && epoch.Accounts == 3 && await IsReadyAsync(http), "an epoch over all accounts");
        await world.AssertSameFiguresAsync();

        // The API's figures are the referee's.
        JsonElement account = await http.GetFromJsonAsync<JsonElement>($"/api/accounts/{bold.Account}");
        ProtocolBook book = await world.Client.ReplayAsync();
        Referee.Figures figures = await world.Client.ComputeOnChainAsync(book.Accounts[bold.Account], book.LatestCheckpoint!);
        Assert.Equal(figures.EquityE8.ToString(), account.GetProperty("health").GetProperty("equityE8").GetString());
        Assert.Equal(figures.MaintenanceE8.ToString(), account.GetProperty("health").GetProperty("maintenanceMarginE8").GetString());

        // The posted leaf lets a withdrawal through that is within the initial margin.
        JsonElement proof = await http.GetFromJsonAsync<JsonElement>($"/api/accounts/{maker.Account}/proof");
        var leaf = new Clearinghouse.Proof((byte)proof.GetProperty("kind").GetInt32(), HexData.Decode(proof.GetProperty("data").GetString()!));
        await maker.Client.WithdrawAsync(maker.Account, 0, 1_000_000, maker.Key.Address, leaf);
        await world.AssertSameFiguresAsync();

        // The price falls, the keeper proves it, bids when the discount pays, and ends the lot.
        await world.SetPriceAsync(1, Btc * 84 / 100);
        await Eventually.TrueAsync(async () => (await world.Client.GetAccountAsync(bold.Account)).OpenLot != 0, "a lot of the account under water");
        await world.Chain.PassAsync(300);
        await Eventually.TrueAsync(async () => (await world.Client.ReplayAsync()).Lots.Values.Any(static lot => lot.Bids > 0), "a bid");
        await Eventually.TrueAsync(async () => (await world.Client.GetAccountAsync(bold.Account)).OpenLot == 0, "the end of the lot");

        BookAccount after = await world.Client.GetAccountAsync(bold.Account);
        AccountFigures healthy = ProtocolClient.Compute(after, await world.Client.GetLiveInputsAsync(), SurfaceChoice.Better);
        Assert.True(healthy.EquityE8 >= healthy.MaintenanceE8, $"equity {healthy.EquityE8} is below {healthy.MaintenanceE8}");
        Assert.True(after.State.Positions.IsEmpty || after.State.Positions[0].SizeE8 < Deployed.Unit);
        Assert.Equal(0UL, (ulong)(await world.Client.GetLedgerAsync()).DeficitE8);
        await world.AssertSameFiguresAsync();
        await host.StopAsync();
    }

    [Fact]
    public async Task Withdraw_BelowInitialMargin_IsRefusedWithBothFigures()
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader maker = await world.TraderAsync(1_000_000);
        Trader bold = await world.TraderAsync(30_000);
        await world.TradeAsync(bold, maker, 1, Deployed.Unit, Btc);
        AccountFigures figures = ProtocolClient.Compute(await world.Client.GetAccountAsync(bold.Account), await world.Client.GetLiveInputsAsync(), SurfaceChoice.Worse);
        UInt128 free = (UInt128)((figures.EquityE8 - figures.InitialE8) / 100);

        RevertException refused = await Assert.ThrowsAsync<RevertException>(() => bold.Client.WithdrawAsync(bold.Account, 0, free + 1, bold.Key.Address));
        var reason = Assert.IsType<CustomErrorReason>(refused.Reason);
        Assert.Equal("MarginTooLow", reason.Error.ErrorName);

        await bold.Client.WithdrawAsync(bold.Account, 0, free, bold.Key.Address);
        await world.AssertSameFiguresAsync();
    }

    [Fact]
    public async Task Post_SignedByNoAttester_IsRefusedByName()
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader stranger = await world.TraderAsync(1_000);
        ProtocolBook book = await world.Client.ReplayAsync();
        var epoch = new RiskRegistry.RiskEpoch(1, book.LatestCheckpoint!.Id, book.ModelHash, Hash32.LeftAligned([7]), 1);

        RevertException refused = await Assert.ThrowsAsync<RevertException>(() => world.Client.PostEpochAsync(epoch, book.LatestCheckpoint!, [world.Client.Digests.Sign(epoch, book.LatestCheckpoint!.InputsHash, stranger.Key)]));
        Assert.Equal("SignerUnknown", Assert.IsType<CustomErrorReason>(refused.Reason).Error.ErrorName);

        await world.Client.PostEpochAsync(epoch, book.LatestCheckpoint!, [world.Client.Digests.Sign(epoch, book.LatestCheckpoint!.InputsHash, world.Attester)]);
        Assert.Equal(epoch.BookRoot, (await world.Client.ReplayAsync()).LatestEpoch!.BookRoot);
    }

    private static HttpClient Api(WebApplication host)
    {
        string url = host.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new HttpClient { BaseAddress = new Uri(url) };
    }

    private static async Task<bool> IsReadyAsync(HttpClient http)
    {
        using HttpResponseMessage reply = await http.GetAsync(new Uri("/readyz", UriKind.Relative));
        return reply.IsSuccessStatusCode;
    }
}
