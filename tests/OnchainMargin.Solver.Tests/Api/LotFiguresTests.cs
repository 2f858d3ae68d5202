using System.Collections.Immutable;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Solver.Risk;

namespace OnchainMargin.Solver.Tests.Api;

/// <summary>An account in a lot that is sold in part is told as the lot leaves it: its state is of before the lot, and its tokens are of now.</summary>
public sealed class LotFiguresTests : IAsyncLifetime
{
    private const ulong Id = 2;
    private const ulong SoldE8 = 40_000_000;
    private const long ProceedsE8 = 23_456 * ApiWorld.One;

    private readonly ApiWorld _world = new();

    public Task InitializeAsync() => _world.InitializeAsync();

    public Task DisposeAsync() => _world.DisposeAsync();

    [Theory]
    [InlineData("")]
    [InlineData("?live=true")]
    [InlineData("/margin")]
    [InlineData("/margin?live=true")]
    [InlineData("/distances")]
    [InlineData("/curve?underlying=2")]
    [InlineData("/tail")]
    public async Task Get_AccountInALotSoldInPart_AnswersAsAfterItsEnd(string what)
    {
        Publish(Started);
        JsonNode before = await GetAsync(what);
        Publish(Bid);
        JsonNode sold = await GetAsync(what);
        Publish(Finished);
        JsonNode finished = await GetAsync(what);

        Assert.NotEqual(before.ToJsonString(), sold.ToJsonString());
        Assert.Equal(finished.ToJsonString(), sold.ToJsonString());
    }

    [Fact]
    public async Task WhatIf_AccountInALotSoldInPart_BeginsWithWhatIsLeft()
    {
        Publish(Bid);
        JsonNode sold = await PostAsync();
        Publish(Finished);
        Assert.Equal(Bare((await PostAsync())["before"]!).ToJsonString(), Bare(sold["before"]!).ToJsonString());

        async Task<JsonNode> PostAsync()
        {
            using HttpResponseMessage reply = await _world.Http.PostAsJsonAsync($"/api/accounts/{Id}/what-if", new { fills = Array.Empty<object>() });
            return (await reply.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>())!;
        }
    }

    /// <summary>Its discount goes on where the last one's ended, before the grace of this one is over.</summary>
    [Fact]
    public async Task Get_LotThatResumesAnother_TellsSinceWhenItsDiscountRises()
    {
        const ulong Age = 300;
        Publish(static book =>
        {
            ProtocolBook started = Started(book);
            BookLot resumed = started.Lots[2] with { BiddingFromSeconds = book.BlockTimeSeconds - 60, StartSeconds = book.BlockTimeSeconds - 60 - Age };
            return started with
            {
                Lots = started.Lots.SetItem(2, resumed),
                Parameters = started.Parameters with { Liquidation = started.Parameters.Liquidation with { DiscountMaxE8 = 20_000_000, DiscountRampSeconds = 1_200 } },
            };
        });
        JsonNode lot = (await _world.Http.GetFromJsonAsync<JsonNode>("/api/auctions/2"))!;
        ulong since = ulong.Parse((string)lot["startSeconds"]!, CultureInfo.InvariantCulture);
        Assert.Equal(since + Age, ulong.Parse((string)lot["biddingFromSeconds"]!, CultureInfo.InvariantCulture));

        // What the page makes of it is what is told here.
        Assert.Equal(((20_000_000 * (_world.Book().BlockTimeSeconds - since)) / 1_200).ToString(CultureInfo.InvariantCulture), (string)lot["discountE8"]!);
    }

    /// <summary>Margin 10,000, target 11,000: with an equity between the two the account is healthy and bids go on.</summary>
    [Fact]
    public async Task Lot_BetweenMaintenanceAndTarget_IsNotSaidToBeSafe()
    {
        Publish(book => Terms(Started(book)));
        Assert.Equal($"{11_000 * ApiWorld.One}", await RestoredAtAsync());
        Publish(book => Terms(Bid(book)));
        Assert.Equal($"{6_600 * ApiWorld.One}", await RestoredAtAsync());

        // Where nothing is open in it, or it is over, no bid is kept away by that.
        Publish(book => Terms(Started(book), static lot => lot with { State = AccountState.Empty.Pack() }));
        Assert.Null(await RestoredAtAsync());
        Publish(book => Terms(Started(book), static lot => lot with { EndedInBlock = 7 }));
        Assert.Null(await RestoredAtAsync());

        static ProtocolBook Terms(ProtocolBook book, Func<BookLot, BookLot>? change = null) => book with
        {
            Lots = book.Lots.SetItem(2, (change?.Invoke(book.Lots[2]) ?? book.Lots[2]) with { MaintenanceE8 = 10_000 * (UInt128)ApiWorld.One }),
            Parameters = book.Parameters with { Liquidation = book.Parameters.Liquidation with { TargetE8 = 110_000_000 } },
        };

        async Task<string?> RestoredAtAsync() => (string?)(await _world.Http.GetFromJsonAsync<JsonNode>("/api/auctions/2"))!["restoredAtE8"];
    }

    /// <summary>Four fifths are for sale, and equity is the margin by now: a ninth restores it at a discount of a fifth.</summary>
    [Fact]
    public async Task Lot_ThatLittleWouldRestore_SaysHowMuchABidTakes()
    {
        Publish(Started);
        var equityE8 = UInt128.Parse((string)(await GetAsync("/margin"))["figures"]!["equityE8"]!, CultureInfo.InvariantCulture);
        Publish(book => Terms(Started(book), equityE8));
        Assert.InRange(long.Parse((await MostAsync())!, CultureInfo.InvariantCulture), 11_111_112, 11_111_130);

        // As much as was put up where it has nothing near its margin; nothing where it is restored, or over.
        Publish(book => Terms(Started(book), equityE8 * 1_000));
        Assert.Equal("80000000", await MostAsync());
        Publish(book => Terms(Started(book), equityE8 / 2));
        Assert.Null(await MostAsync());
        Publish(book => Terms(Started(book), equityE8, static lot => lot with { EndedInBlock = 7 }));
        Assert.Null(await MostAsync());

        static ProtocolBook Terms(ProtocolBook book, UInt128 maintenanceE8, Func<BookLot, BookLot>? change = null) => book with
        {
            Lots = book.Lots.SetItem(2, (change?.Invoke(book.Lots[2]) ?? book.Lots[2]) with { MaintenanceE8 = maintenanceE8 }),
            Parameters = book.Parameters with { Liquidation = book.Parameters.Liquidation with { TargetE8 = 110_000_000, DiscountMaxE8 = 20_000_000, BidMinE8 = 5_000_000 } },
        };

        async Task<string?> MostAsync() => (string?)(await _world.Http.GetFromJsonAsync<JsonNode>("/api/auctions/2"))!["bidMostE8"];
    }

    /// <summary>Coins have risen by a tenth since the last checkpoint: what the chain gives a bid goes by the prices of its block.</summary>
    [Theory]
    [InlineData("/api/auctions/2", "")]
    [InlineData("/api/auctions?open=true", "0")]
    public async Task Lot_PricesAreNoLongerThoseOfTheLastCheckpoint_SaysHowMuchABidTakesNow(string path, string place)
    {
        _world.Live.Inputs = ApiWorld.Inputs(ApiWorld.BtcE8, ApiWorld.EthE8 * 11 / 10);
        Publish(Started);
        var equityE8 = UInt128.Parse((string)(await GetAsync("/margin?live=true"))["figures"]!["equityE8"]!, CultureInfo.InvariantCulture);
        Publish(book => Started(book) with
        {
            Lots = book.Lots.SetItem(2, Started(book).Lots[2] with { MaintenanceE8 = equityE8 }),
            Parameters = book.Parameters with { Liquidation = book.Parameters.Liquidation with { TargetE8 = 110_000_000, DiscountMaxE8 = 20_000_000, BidMinE8 = 5_000_000 } },
        });
        JsonNode answer = (await _world.Http.GetFromJsonAsync<JsonNode>(path))!;
        JsonNode lot = place.Length == 0 ? answer : answer[int.Parse(place, CultureInfo.InvariantCulture)]!;
        Assert.InRange(long.Parse((string)lot["bidMostE8"]!, CultureInfo.InvariantCulture), 11_111_112, 11_111_130);
    }

    /// <summary>Who bids takes his part of the debt, with its interest, and of each token.</summary>
    [Fact]
    public async Task Auction_OfTokensAndDebt_ShowsBoth()
    {
        Publish(static book =>
        {
            ProtocolBook started = Started(book);
            AccountState state = AccountState.Empty with { CashE8 = -75_000 * (Int128)ApiWorld.One, InterestIndexE12 = 990_000_000_000, Version = 1 };
            return started with { Lots = started.Lots.SetItem(2, started.Lots[2] with { State = state.Pack() }) };
        });

        JsonNode lot = (await _world.Http.GetFromJsonAsync<JsonNode>("/api/auctions/2"))!;

        JsonNode token = Assert.Single(lot["tokens"]!.AsArray())!;
        Assert.Equal(("WETH", "4000000000000000000", 18), ((string)token["symbol"]!, (string)token["amountRaw"]!, (int)token["decimals"]!));
        Assert.Equal("-7575757575758", (string)lot["cashE8"]!);
    }

    /// <summary>A bid changes no account's state, so the follower must look at the lots.</summary>
    [Fact]
    public void Follow_LotIsSoldInPart_IsJudgedAnewAndSoIsItsEnd()
    {
        ProtocolBook[] books = [Started(_world.Book()), Bid(_world.Book()), Finished(_world.Book())];
        BookFollower follower = RiskSnapshot.Follower(1);
        RiskSnapshot.Of(follower, books[0], books[0].LatestCheckpoint!);
        AccountFigures[] figures = [.. books[1..].Select(book =>
        {
            RiskSnapshot.Of(follower, book, book.LatestCheckpoint!);
            return Figures(follower);
        })];
        Assert.Equal(figures[1], figures[0]);

        // As after a reorganisation that takes the bid back.
        RiskSnapshot.Of(follower, books[1], books[1].LatestCheckpoint!);
        RiskSnapshot.Of(follower, books[0], books[0].LatestCheckpoint!);
        BookFollower fresh = RiskSnapshot.Follower(1);
        RiskSnapshot.Of(fresh, books[0], books[0].LatestCheckpoint!);
        Assert.Equal(Figures(fresh), Figures(follower));
        Assert.NotEqual(figures[0], Figures(follower));
    }

    private static AccountFigures Figures(BookFollower follower)
    {
        Assert.True(follower.Engine.TryFind(Id, out AccountFigures figures, out _));
        return figures;
    }

    private static ProtocolBook Started(ProtocolBook book)
    {
        BookAccount account = book.Accounts[Id];
        BookLot lot = book.Lots[1] with { Id = 2, Account = Id, State = account.StateBytes, Balances = Balances.Pack(account.Balances), ForSaleE8 = 80_000_000, EndedInBlock = 0 };
        return book with { Lots = book.Lots.SetItem(2, lot), Accounts = book.Accounts.With(account with { OpenLot = 2 }) };
    }

    private static ProtocolBook Bid(ProtocolBook book)
    {
        ProtocolBook started = Started(book);
        return started with
        {
            Lots = started.Lots.SetItem(2, started.Lots[2] with { SoldE8 = SoldE8, ProceedsE8 = (UInt128)ProceedsE8, Bids = 1 }),
            Accounts = started.Accounts.With(started.Accounts[Id] with { Balances = Left(started.Accounts[Id].Balances) }),
        };
    }

    /// <summary>Three fifths of all, and what was paid for the rest.</summary>
    private static ProtocolBook Finished(ProtocolBook book)
    {
        BookAccount account = book.Accounts[Id];
        AccountState state = account.State with
        {
            CashE8 = (account.State.CashE8 * 3 / 5) + ProceedsE8,
            Positions = [.. account.State.Positions.Select(static position => position with { SizeE8 = position.SizeE8 * 3 / 5, CostE8 = position.CostE8 * 3 / 5 })],
        };
        byte[] packed = state.Pack();
        return book with { Accounts = book.Accounts.With(account with { State = state, StateBytes = packed, StateHash = Ethereum.Hashing.Keccak256.Hash(packed), Balances = Left(account.Balances) }) };
    }

    private static ImmutableArray<Balance> Left(ImmutableArray<Balance> balances) => [.. balances.Select(static balance => balance with { AmountRaw = balance.AmountRaw * 3 / 5 })];

    private void Publish(Func<ProtocolBook, ProtocolBook> change)
    {
        _world.Change(_ => change(_world.Book()));
        ProtocolBook book = _world.Books.Current!.Book;
        _world.Risks.Publish(RiskSnapshot.Of(RiskSnapshot.Follower(1), book, book.LatestCheckpoint!));
    }

    private async Task<JsonNode> GetAsync(string what)
    {
        return Bare((await _world.Http.GetFromJsonAsync<JsonNode>($"/api/accounts/{Id}{what}"))!);
    }

    /// <summary>An answer without what names the stored state and the lot.</summary>
    private static JsonNode Bare(JsonNode answer)
    {
        if (answer is JsonObject fields)
        {
            foreach (string own in (ReadOnlySpan<string>)["state", "stateHash", "openLot", "reason"])
            {
                fields.Remove(own);
            }
        }

        return answer;
    }
}
