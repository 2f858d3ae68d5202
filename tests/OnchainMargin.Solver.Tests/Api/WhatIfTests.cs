using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Markets;

namespace OnchainMargin.Solver.Tests.Api;

/// <summary>What the page tells of an order before it is signed: the chain's own answer, and what binds.</summary>
public sealed class WhatIfTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    private const string Reduces = "The chain takes this, because it only makes positions smaller. ";

    /// <summary>An option that was bought is equity, and no floor equity: its account is rich by the model and lacks what the chain keeps by itself (CLR-020).</summary>
    [Fact]
    public async Task Free_FloorThatBinds_IsWhatIsFreeAndToldAsTheReason()
    {
        var put = Instrument.Put(2, ApiWorld.Expiry, 30_000_000);
        long mark = (long)Quotes.MarkE8(put, world.Live.Inputs.View)!.Value;
        string cash = (((24 - 1_000_000) * ApiWorld.One) + mark + (long)Fees.FeeUp(ApiWorld.One, mark, 50_000)).ToString(CultureInfo.InvariantCulture);

        JsonElement answer = await AskAsync(1, new { cashE8 = cash, fills = new[] { new { instrument = new InstrumentNames(world.Deployment).Format(put), sizeE8 = Money(1) } } });

        JsonElement after = answer.GetProperty("after");
        JsonElement figures = after.GetProperty("figures");
        Assert.True(Number(figures, "equityE8") > Number(figures, "initialMarginE8"));
        Assert.InRange(Number(after, "freeE8"), -20 * (Int128)ApiWorld.One, -1);
        Assert.Equal(Number(figures, "floorEquityE8") - Number(figures, "floorMarginE8"), Number(after, "freeE8"));
        Assert.Equal(Number(after, "aboveFloorE8"), Number(after, "freeE8"));
        Assert.False(answer.GetProperty("isAllowed").GetBoolean());
        Assert.Equal(
            "After it account 1 would have 24.00 without what rests on volatilities, less than the floor of 30.20 that the chain keeps by itself; deposit more or trade a smaller size.",
            answer.GetProperty("sentence").GetString());
    }

    [Fact]
    public async Task Free_InitialMarginThatBinds_IsEquityAboveIt()
    {
        JsonElement margin = await world.Http.GetFromJsonAsync<JsonElement>("/api/accounts/3/margin?live=true");
        JsonElement figures = margin.GetProperty("figures");

        Assert.Equal(Number(figures, "equityE8") - Number(figures, "initialMarginE8"), Number(margin, "freeE8"));
        Assert.True(Number(margin, "freeE8") < Number(margin, "aboveFloorE8"));
    }

    /// <summary>Between maintenance and initial margin the chain takes what makes the account safer, and nothing else.</summary>
    [Theory]
    [InlineData(-1, true, Reduces + "The account would be below its initial margin: it could only make positions smaller, but it would not be liquidated.")]
    [InlineData(1, false, "After it account 3 would have an equity of 7,987.75 and need 10,296.35 of initial margin; deposit more or trade a smaller size.")]
    public async Task Fill_BelowTheInitialMargin_IsTakenWhereItReduces(int twentieths, bool isAllowed, string sentence)
    {
        long priceE8 = ApiWorld.BtcE8 - (twentieths < 0 ? 100 * ApiWorld.One : -200 * ApiWorld.One);

        JsonElement answer = await AskAsync(3, new { cashE8 = Money(-7_000), fills = new[] { new { instrument = "BTC-PERP", sizeE8 = (twentieths * ApiWorld.One / 20).ToString(CultureInfo.InvariantCulture), priceE8 = priceE8.ToString(CultureInfo.InvariantCulture) } } });

        Assert.Equal(sentence, answer.GetProperty("sentence").GetString());
        Assert.Equal(isAllowed, answer.GetProperty("isAllowed").GetBoolean());
    }

    /// <summary>The chain fills nothing outside the band, whatever it would do to the account: 5 % beside the mark.</summary>
    [Theory]
    [InlineData(81_000, false, "The price is 81000, further from the mark of 90000 than trades may be; wait or change the price.")]
    [InlineData(85_499, false, "The price is 85499, further from the mark of 90000 than trades may be; wait or change the price.")]
    [InlineData(85_500, true, "The account would keep its initial margin.")]
    public async Task Fill_OutsideThePriceBand_IsRefusedAsTheRelayWould(long price, bool isAllowed, string sentence)
    {
        JsonElement answer = await AskAsync(3, new { fills = new[] { new { instrument = "BTC-PERP", sizeE8 = (-ApiWorld.One / 20).ToString(CultureInfo.InvariantCulture), priceE8 = Money(price) } } });

        Assert.Equal((isAllowed, sentence), (answer.GetProperty("isAllowed").GetBoolean(), answer.GetProperty("sentence").GetString()));
    }

    /// <summary>Until its settlement price is fixed the checkpoint still has its expiry, and a mark of it.</summary>
    [Fact]
    public async Task Fill_OfAFutureThatHasExpired_IsRefused()
    {
        CheckpointInputs before = world.Live.Inputs;
        Checkpoint later = before.Checkpoint with { Header = before.Checkpoint.Header with { Time = ApiWorld.Expiry } };
        world.Live.Inputs = CheckpointInputs.Read(later.InputsPreimage(static bytes => Keccak256.Hash(bytes).ToArray()), before.AllRecords);
        try
        {
            string future = new InstrumentNames(world.Deployment).Format(Instrument.Future(2, ApiWorld.Expiry));

            JsonElement answer = await AskAsync(1, new { fills = new[] { new { instrument = future, sizeE8 = Money(1) } } });

            Assert.Equal(
                (false, "The instrument expired at 1771000000, and it is 1771000000; its positions are settled, and others are in /api/instruments."),
                (answer.GetProperty("isAllowed").GetBoolean(), answer.GetProperty("sentence").GetString()));
        }
        finally
        {
            world.Live.Inputs = before;
        }
    }

    /// <summary>What the relay and the chain would refuse however healthy the account is.</summary>
    [Theory]
    [InlineData(true, 0, 1, false, "Trading is paused by the guardian: positions can only be made smaller, and this would make one of account 3 larger; wait until the market is open again.")]
    [InlineData(true, 0, -1, true, Reduces + "The account would keep its initial margin.")]
    [InlineData(false, 7, -1, false, "Account 3 is being liquidated and cannot trade; it can only receive deposits now.")]
    public async Task Fill_WhilePausedOrInALot_IsAnsweredAsTheRelayWould(bool isPaused, ulong lot, int tenths, bool isAllowed, string sentence)
    {
        ProtocolBook before = world.Books.Current!.Book;
        world.Change(book => book with { IsPaused = isPaused, Accounts = book.Accounts.With(book.Accounts[3] with { OpenLot = lot }) });
        try
        {
            JsonElement answer = await AskAsync(3, new { fills = new[] { new { instrument = "BTC-PERP", sizeE8 = (tenths * ApiWorld.One / 10).ToString(CultureInfo.InvariantCulture) } } });

            Assert.Equal((isAllowed, sentence), (answer.GetProperty("isAllowed").GetBoolean(), answer.GetProperty("sentence").GetString()));
        }
        finally
        {
            world.Change(_ => before);
        }
    }

    private async Task<JsonElement> AskAsync(int account, object question)
    {
        using HttpResponseMessage reply = await world.Http.PostAsJsonAsync($"/api/accounts/{account}/what-if", question);
        return await reply.Content.ReadFromJsonAsync<JsonElement>();
    }

    private static string Money(long dollars) => (dollars * ApiWorld.One).ToString(CultureInfo.InvariantCulture);

    private static Int128 Number(JsonElement of, string name) => Int128.Parse(of.GetProperty(name).GetString()!, CultureInfo.InvariantCulture);
}
