using System.Collections.Immutable;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Indexing;

namespace OnchainMargin.Solver.Tests.Api;

/// <summary>What an answer says of itself: which moment it is of, what holds an account back, whether a root is this solver's own.</summary>
public sealed class ShownFiguresTests : IAsyncLifetime
{
    private readonly ApiWorld _world = new();

    public Task InitializeAsync() => _world.InitializeAsync();

    public Task DisposeAsync() => _world.DisposeAsync();

    /// <summary>Of live inputs the number is that of the last stored checkpoint: whoever set the two beside each other would find other integers under one name.</summary>
    [Fact]
    public async Task Figures_Live_AreNotNamedAfterAStoredCheckpoint()
    {
        CheckpointHeader stored = _world.Live.Inputs.Checkpoint.Header;
        _world.Live.Inputs = With(_world.Live.Inputs, stored with { Time = stored.Time + 30 });
        foreach ((string path, string[] figures) in ((string, string[])[])[("/api/accounts/2", ["health"]), ("/api/accounts/2/margin", ["figures"]), ("/api/prices", [])])
        {
            foreach (bool live in (bool[])[true, false])
            {
                JsonNode answer = await GetAsync($"{path}?live={(live ? "true" : "false")}");
                foreach (string name in figures)
                {
                    answer = answer[name]!;
                }

                Assert.Equal((live, $"{stored.Time + (live ? 30 : 0)}"), ((bool)answer["isLive"]!, (string)answer["timeSeconds"]!));
            }
        }

        Assert.False((bool)(await GetAsync("/api/accounts/2/inputs"))["figures"]!["isLive"]!);
        using HttpResponseMessage tried = await _world.Http.PostAsJsonAsync("/api/accounts/2/what-if", new { fills = Array.Empty<object>() });
        Assert.True((bool)(await tried.Content.ReadFromJsonAsync<JsonNode>())!["after"]!["figures"]!["isLive"]!);
    }

    [Fact]
    public async Task Account_WithInterestDue_ShowsWhatItOwesNow()
    {
        const uint Expired = 1_769_000_000;
        BookAccount debtor = _world.Account(1, -100_000, new Position(Instrument.Future(2, Expired), ApiWorld.One, 3_000 * (Int128)ApiWorld.One)) with
        {
            Balances = [new Balance(0, 7_000_000), new Balance(1, 100 * (UInt128)1_000_000_000_000_000_000)],
        };
        _world.Change(book => book with
        {
            Accounts = book.Accounts.With(debtor),
            Settlements = SettlementPrices.Empty.With(2, Expired, 3_500 * ApiWorld.One),
        });
        CheckpointHeader header = _world.Live.Inputs.Checkpoint.Header;
        _world.Live.Inputs = With(_world.Live.Inputs, header with { DebtIndexE12 = 1_020_000_000_000 });

        JsonNode account = await GetAsync("/api/accounts/1?live=true");

        Assert.Equal($"{-101_500 * ApiWorld.One}", (string)account["cashE8"]!);
        Assert.Empty(account["positions"]!.AsArray());
        // The settlement token stays where it lies until an operation sweeps it.
        Assert.Equal("7000000", (string)account["balances"]![0]!["amountRaw"]!);
        Assert.Equal(debtor.StateBytes, Convert.FromHexString(((string)account["state"]!)[2..]));
    }

    [Fact]
    public async Task Withdrawable_WhileReduceOnly_SaysTheMarketHoldsIt()
    {
        Assert.Null(await ReasonAsync());
        _world.Live.Inputs = In(MarketState.ReduceOnly);
        Assert.Equal("Only what needs no proof of health can be taken out while the market of BTC is reduce-only, in which the account has a position.", await ReasonAsync());

        // Elsewhere it trades as ever, so that what is free stays so.
        Assert.Null((string?)(await GetAsync("/api/accounts/2/margin?live=true"))["reason"]);
        _world.Live.Inputs = In(MarketState.Halted);
        Assert.Equal("Positions can only be made smaller while the market of BTC is halted, in which the account has a position.", (string?)(await GetAsync("/api/accounts/2/margin?live=true"))["reason"]);

        _world.Change(static book => book with { IsPaused = true });
        Assert.Equal("Only what needs no proof of health can be taken out while trading is paused by the guardian.", await ReasonAsync());
        _world.Change(static book => book with { Accounts = book.Accounts.With(book.Accounts[2] with { OpenLot = 4 }) });
        Assert.Equal("Nothing can be taken out while auction 4 sells a part of the account.", await ReasonAsync());

        async Task<string?> ReasonAsync() => (string?)(await GetAsync("/api/accounts/2/withdrawable?token=0"))["reason"];
    }

    [Fact]
    public async Task Epoch_WhoseRootDiffers_IsSaidToDiffer()
    {
        JsonNode other = (await GetAsync("/api/epochs"))[0]!;
        Assert.False((bool)other["isComputedHere"]!);
        Assert.NotNull((string?)other["rootHere"]);
        Assert.NotEqual((string)other["bookRoot"]!, (string)other["rootHere"]!);

        IndexedBook indexed = _world.Books.Current!;
        _world.Books.Publish(indexed with { AtCheckpoints = ImmutableSortedDictionary<ulong, ProtocolBook>.Empty });
        JsonNode forgotten = (await GetAsync("/api/epochs"))[0]!;
        Assert.Equal((false, null), ((bool)forgotten["isComputedHere"]!, (string?)forgotten["rootHere"]));
    }

    private static CheckpointInputs In(MarketState state)
    {
        Checkpoint checkpoint = ApiWorld.Inputs(ApiWorld.BtcE8, ApiWorld.EthE8).Checkpoint;
        return Read(checkpoint with { Underlyings = [checkpoint.Underlyings[0] with { MarketState = state }, .. checkpoint.Underlyings.Skip(1)] });
    }

    private static CheckpointInputs With(CheckpointInputs inputs, CheckpointHeader header) => Read(inputs.Checkpoint with { Header = header });

    private static CheckpointInputs Read(Checkpoint checkpoint) =>
        CheckpointInputs.Read(checkpoint.InputsPreimage(static bytes => Keccak256.Hash(bytes).ToArray()), [.. checkpoint.Underlyings.SelectMany(static record => record.Pack())]);

    private async Task<JsonNode> GetAsync(string path) => (await _world.Http.GetFromJsonAsync<JsonNode>(path))!;
}
