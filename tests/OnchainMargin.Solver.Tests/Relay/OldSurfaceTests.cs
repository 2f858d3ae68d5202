using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Tests.Api;

namespace OnchainMargin.Solver.Tests.Relay;

/// <summary>Nothing new is opened by a surface of more than an hour (CLR-017); what is held is closed or changes hands.</summary>
public sealed class OldSurfaceTests : RelayWorld
{
    private const string TooOld = "The volatilities of the expiry 2026-02-13 16:26 UTC were published more than an hour ago: until they are published again nothing new is opened in it, and what is held can be closed or handed on.";

    private static readonly Instrument Future = Instrument.Future(2, ApiWorld.Expiry);

    /// <summary>Account 2 has ten of the future.</summary>
    [Fact]
    public async Task Submit_SurfaceIsTooOld_TakesWhatClosesAndWhatRestsForWhoCloses()
    {
        UseSurfaceOf(3601);
        await TakenAsync(World.Sign(1, Tenth, Eth, 1, instrument: Future));

        // Two who open are refused; who closes takes what rests.
        Assert.Equal(TooOld, await RefusalAsync(World.Sign(3, -Tenth, Eth, 1, instrument: Future)));
        await TakenAsync(World.Sign(2, -Tenth, Eth, 1, instrument: Future));
        await RoundAsync();
        Assert.Equal([2UL], Assert.Single(Sent()).Item2.Select(static signed => signed.Order.Account).Where(static account => account != 1));
    }

    [Theory]
    [InlineData(3600, (ulong)ApiWorld.Expiry, true)]
    [InlineData(3601, (ulong)ApiWorld.Expiry, false)]
    [InlineData(3601, ApiWorld.Now - 3601 + 7201, false)]
    [InlineData(3601, ApiWorld.Now - 3601 + 7200, true)]
    public async Task Submit_OfWhatOpens_IsTakenForAnHourOrWherePublishedInTheLastTwo(long age, ulong expiry, bool isTaken)
    {
        UseSurfaceOf(age, (uint)expiry);
        var future = Instrument.Future(2, (uint)expiry);
        await TakenAsync(World.Sign(1, Tenth, Eth, 1, instrument: future));
        string refusal = await RefusalAsync(World.Sign(3, -Tenth, Eth, 1, instrument: future));
        Assert.Equal(isTaken ? "" : TooOld.Replace("2026-02-13 16:26", DateTimeOffset.FromUnixTimeSeconds((long)expiry).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture), StringComparison.Ordinal), refusal);
        Assert.Equal(refusal, await WhatIfAsync(1, Tenth, future));
    }

    /// <summary>The surface grows old between the match and its turn: no question of the node is spent on it, who closes meets others, and when it is published again the one that waited is filled.</summary>
    [Fact]
    public async Task RunOnce_SurfaceGrowsTooOldBeforeTheSettlement_WhatOpensWaitsOutOfItsBook()
    {
        RestingOrder maker = await TakenAsync(World.Sign(1, Tenth, Eth, 1, instrument: Future));
        RestingOrder opens = await TakenAsync(World.Sign(3, -Tenth, Eth, 1, instrument: Future));
        UseSurfaceOf(3601);
        int estimates = 0;
        World.Node.BeforeEstimate = (data, _) =>
        {
            estimates += IsSettlement(data) ? 1 : 0;
            return Task.CompletedTask;
        };
        for (int i = 0; i < 6; i++)
        {
            await RoundAsync();
        }

        Assert.Equal((0, true, OrderStatus.Resting, TooOld), (estimates, opens.IsAside, opens.Status, opens.Reason));
        Assert.Empty(Orders.Levels(Future).Asks);
        RestingOrder closes = await TakenAsync(World.Sign(2, -Tenth, Eth, 1, instrument: Future));
        await RoundAsync();
        await RoundAsync();
        Assert.Equal([OrderStatus.Filled, OrderStatus.Filled, OrderStatus.Resting], new[] { maker, closes, opens }.Select(static order => order.Status));

        UseSurfaceOf(0);
        RestingOrder second = await TakenAsync(World.Sign(1, Tenth, Eth, 2, instrument: Future));
        for (int i = 0; i < 18; i++)
        {
            await RoundAsync();
        }

        Assert.Equal([OrderStatus.Filled, OrderStatus.Filled], new[] { opens, second }.Select(static order => order.Status));
    }

    [Fact]
    public async Task WhatIf_SurfaceIsTooOld_SaysThatNothingNewIsOpenedAndAllowsWhatCloses()
    {
        UseSurfaceOf(3600);
        Assert.Equal("", await WhatIfAsync(2, Tenth, Future));
        UseSurfaceOf(3601);
        Assert.Equal(TooOld, await WhatIfAsync(2, Tenth, Future));
        Assert.Equal(TooOld, await WhatIfAsync(2, -11 * One, Future));
        Assert.Equal("", await WhatIfAsync(2, -Tenth, Future));
    }

    private void UseSurfaceOf(long age, uint expiry = ApiWorld.Expiry)
    {
        Checkpoint checkpoint = World.Live.Inputs.Checkpoint;
        Checkpoint changed = checkpoint with { Underlyings = [.. checkpoint.Underlyings.Select(record => record with { Expiries = [.. record.Expiries.Select(known => known with { Expiry = expiry, SurfaceTime = checkpoint.Header.Time - age })] })] };
        World.Live.Inputs = CheckpointInputs.Read(changed.InputsPreimage(static bytes => Keccak256.Hash(bytes).ToArray()), [.. changed.Underlyings.SelectMany(static record => record.Pack())]);
    }

    private async Task<string> RefusalAsync(Protocol.Generated.Clearinghouse.SignedOrder signed) => (await Relay.SubmitAsync(signed, null, CancellationToken.None)).Refusal;

    /// <summary>What is said of a fill of an account; empty where it is allowed.</summary>
    private async Task<string> WhatIfAsync(ulong account, long sizeE8, Instrument instrument)
    {
        using HttpResponseMessage response = await World.Http.PostAsJsonAsync($"/api/accounts/{account}/what-if", new { fills = new[] { new { instrument = new InstrumentNames(World.Deployment).Format(instrument), sizeE8 = sizeE8.ToString(CultureInfo.InvariantCulture) } } });
        JsonElement answer = await response.Content.ReadFromJsonAsync<JsonElement>();
        return answer.GetProperty("isAllowed").GetBoolean() ? "" : answer.GetProperty("sentence").GetString()!;
    }
}
