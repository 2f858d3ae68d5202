using System.Globalization;
using System.Text.Json;
using OnchainMargin.EndToEnd.Tests.Support;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Node;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using RiskParameters = OnchainMargin.Protocol.Generated.RiskParameters;

namespace OnchainMargin.EndToEnd.Tests;

/// <summary>What governance is told of a change beforehand, against what the referee says once it is in force.</summary>
[Collection(SharedChain.Name)]
public sealed class ParameterCheckTests(ChainFixture fixture)
{
    private const long Btc = 89_035_47000000;
    private const long Fallen = Btc - (6_000 * Deployed.Unit);
    private const uint RampSeconds = 100_000;

    [Fact]
    public async Task Check_ListsExactlyWhomTheChangeMakesLiquidatable()
    {
        await using Deployed world = await Deployed.CreateAsync(fixture.Chain);
        Trader maker = await world.TraderAsync(5_000_000);
        // The first is in a lot, the second could be in one: no parameter makes these liquidatable.
        List<Trader> bold = [];
        foreach (long deposit in (long[])[17_200, 17_300, 18_500, 19_500, 22_000, 40_000])
        {
            bold.Add(await world.TraderAsync(deposit));
            await world.TradeAsync(bold[^1], maker, 1, Deployed.Unit, Btc);
        }

        await world.SetPriceAsync(1, Fallen);
        BookAccount sold = await world.Client.GetAccountAsync(bold[0].Account);
        CheckpointInputs live = await world.Client.GetLiveInputsAsync();
        await world.Client.StartLiquidationAsync(sold, Witness.Best(sold.State, sold.Balances.AsSpan(), live.View, SurfaceChoice.Better));

        Assert.Equal([bold[1].Account], await UnderWaterAsync(world));
        Assert.Empty(Listed(await CheckAsync(world, "{}")));
        string[] told = Listed(await CheckAsync(world, """{ "underlyings": { "BTC": { "priceRangeE8": 17000000, "shortOptionMinimumE8": 1062500 } } }"""));
        Assert.Equal([$"{bold[2].Account}", $"{bold[3].Account}"], told);

        // The same change in force.
        Address parameters = world.Record.Contracts.RiskParameters;
        RiskParameters.UnderlyingParameters now = await world.Chain.Node.CallAsync(parameters, new RiskParameters.UnderlyingOfCall(1));
        await world.SendAsync((parameters, new RiskParameters.SetRampSecondsCall(RampSeconds)));
        await world.SendAsync((parameters, new RiskParameters.SetUnderlyingCall(1, now with { PriceRangeE8 = 17_000_000, ShortOptionMinimumE8 = 1_062_500 })));
        Assert.Equal([bold[1].Account], await UnderWaterAsync(world));

        // It is on its way: another change comes on top of where that goes.
        Assert.Equal(told, Listed(await CheckAsync(world, """{ "underlyings": { "BTC": { "vegaChargeE8": 11000000 } } }""")));
        await world.Chain.PassAsync((int)RampSeconds + 1);
        await world.SetPriceAsync(1, Fallen);
        Assert.Equal([bold[1].Account, bold[2].Account, bold[3].Account], await UnderWaterAsync(world));
    }

    private static Task<JsonElement> CheckAsync(Deployed world, string change)
    {
        string file = Path.Combine(world.Folder, "change.json");
        File.WriteAllText(file, change);
        return CommandLine.RunAsync(world, world.Deployer, "params", "check", file);
    }

    private static string[] Listed(JsonElement told) => [.. told.GetProperty("madeLiquidatable").EnumerateArray().Select(static hurt => hurt.GetProperty("id").ToString())];

    /// <summary>Accounts that are in no lot and that the referee finds below their maintenance margin at live prices.</summary>
    private static async Task<ulong[]> UnderWaterAsync(Deployed world)
    {
        ProtocolBook book = await world.Client.ReplayAsync();
        CheckpointInputs live = await world.Client.GetLiveInputsAsync();
        List<ulong> found = [];
        foreach (BookAccount account in book.Accounts.Values.Where(static account => account.OpenLot == 0))
        {
            Referee.Figures figures = await world.Client.ComputeOnChainAsync(account, live, SurfaceChoice.Better);
            if (Number(figures.EquityE8) < Number(figures.MaintenanceE8))
            {
                found.Add(account.Id);
            }
        }

        return [.. found];
    }

    private static Int128 Number(object figure) => Int128.Parse(figure.ToString()!, CultureInfo.InvariantCulture);
}
