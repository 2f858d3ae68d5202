using System.Collections.Immutable;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using OnchainMargin.Ethereum;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Api;
using OnchainMargin.Solver.Attesting;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Risk;

namespace OnchainMargin.Solver.Tests.Api;

/// <summary>What of a large book one question, and many who ask at once, cost.</summary>
public sealed class BoundedViewTests
{
    private const int Accounts = 12_000;

    /// <summary>A crash, and everybody connects.</summary>
    [Fact]
    public void Stream_ManyReadersOfManyUnderWater_ComputesEachOnce()
    {
        CheckpointInputs inputs = Books.Inputs(7, Books.Start, 2000);
        BookAccount[] accounts = [.. Enumerable.Range(1, Accounts).Select(static id => Touched(Books.Account((ulong)id, -500 * Books.One, Books.One, 2000 * Books.One)))];
        ProtocolBook book = Books.Of([inputs], accounts);
        var snapshot = new RiskSnapshot(book, inputs, [.. accounts.Select(static account => account.Id)]);
        ProtocolViews views = Views(book, snapshot);

        byte[][] first = Told(views, snapshot, null);
        byte[][] second = Told(views, snapshot, null);
        Assert.Equal(StreamEndpoints.MostAccounts, first.Length);
        Assert.All(first.Zip(second), static pair => Assert.Same(pair.First, pair.Second));
        Assert.Same(first[4], Assert.Single(Told(views, snapshot, 5)));

        using var view = JsonDocument.Parse(first[4]);
        Assert.Equal("5", view.RootElement.GetProperty("id").GetString());
        Assert.StartsWith("-", view.RootElement.GetProperty("health").GetProperty("equityE8").GetString(), StringComparison.Ordinal);
    }

    /// <summary>More recover at once, and more are under water, than one picture tells of: the next ones tell of the others, first of those that recovered, and of each once.</summary>
    [Fact]
    public void Stream_ThousandsRecoverAtOnce_TellsOfEachInTurn()
    {
        CheckpointInputs inputs = Books.Inputs(7, Books.Start, 2000);
        BookAccount[] accounts = [.. Enumerable.Range(1, Accounts).Select(static id => Touched(Books.Account((ulong)id, -500 * Books.One, Books.One, 2000 * Books.One)))];
        ProtocolBook book = Books.Of([inputs], accounts);
        ProtocolBook traded = book with { Accounts = book.Accounts.With(accounts[8_999] with { ChangedInBlock = 99 }) };
        CheckpointInputs later = Books.Inputs(8, Books.Start + 60, 2100);
        RiskSnapshot[] pictures =
        [
            .. Enumerable.Range(0, 2).Select(_ => new RiskSnapshot(book, inputs, [.. Ids(1, 6_000)])),
            .. Enumerable.Range(0, 5).Select(_ => new RiskSnapshot(traded, later, [.. Ids(2_501, 3_500)])),
        ];
        var turns = new StreamTurns();
        IReadOnlyList<ulong>[] told = [.. pictures.Select((picture, place) => turns.Next(picture, place == 0 ? null : pictures[place - 1], StreamEndpoints.MostAccounts))];

        Assert.All(told, static part => Assert.InRange(part.Count, 1, StreamEndpoints.MostAccounts));
        Assert.Equal([.. Ids(1, 1_000)], told[0]);
        Assert.Equal([.. Ids(1_001, 1_000)], told[1]);
        Assert.Equal([.. Ids(1, 2_500), 9_000UL], told[2..5].SelectMany(static part => part).Where(static id => id is <= 2_500 or > 6_000).Order());
        Assert.Equal([.. Ids(2_501, 2_499)], told[4..7].SelectMany(static part => part).Where(static id => id is > 2_500 and <= 6_000).Order());

        static IEnumerable<ulong> Ids(int first, int count) => Enumerable.Range(first, count).Select(static id => (ulong)id);
    }

    /// <summary>A stream that can tell no more in time of what moved ends, and says nothing false by its silence.</summary>
    [Fact]
    public void Stream_MoreMovesThanIsToldInTime_IsLost()
    {
        CheckpointInputs inputs = Books.Inputs(7, Books.Start, 2000);
        ProtocolBook book = Books.Of([inputs], [.. Enumerable.Range(1, Accounts).Select(static id => Books.Account((ulong)id, Books.One, Books.One, Books.One))]);
        RiskSnapshot[] pictures = [.. Enumerable.Range(0, 11).Select(place => new RiskSnapshot(book, inputs, place % 2 == 0 ? [] : [.. Enumerable.Range(1, Accounts).Select(static id => (ulong)id)]))];
        var turns = new StreamTurns();
        for (int place = 0; place < pictures.Length; place++)
        {
            Assert.False(turns.IsLost);
            turns.Next(pictures[place], place == 0 ? null : pictures[place - 1], StreamEndpoints.MostAccounts);
        }

        Assert.True(turns.IsLost);
    }

    /// <summary>Whoever reads a byte now and then keeps a book that nobody else has any more.</summary>
    [Fact]
    public async Task Stream_WhoseReaderTakesAMinuteOverAPicture_Ends()
    {
        var time = new FakeTime();
        var world = new ApiWorld { Time = time };
        await world.InitializeAsync();
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            int told = 0;
            await foreach (SseItem<object> item in StreamEndpoints.ReadAsync(
                world.Services.GetRequiredService<ProtocolViews>(), world.Risks, world.Services.GetRequiredService<ILiveInputs>(), world.Services.GetRequiredService<IHostApplicationLifetime>(), time, JsonSerializerOptions.Web, null, limit.Token))
            {
                if (item.EventType is "health")
                {
                    told++;
                    time.Pass(61);
                }
            }

            Assert.Equal((1, false), (told, limit.IsCancellationRequested));
        }
        finally
        {
            await world.DisposeAsync();
        }
    }

    [Fact]
    public void View_AccountOfManyDelegates_TellsOfAHundredAndHowManyThereAre()
    {
        CheckpointInputs inputs = Books.Inputs(7, Books.Start, 2000);
        ImmutableSortedDictionary<Address, BookAppointment> delegates = Enumerable.Range(1, 250).Select(static number => new Address(Keccak256.HashUtf8($"delegate {number}").ToArray().AsSpan(12)))
            .ToImmutableSortedDictionary(static who => who, static who => new BookAppointment(who, DelegateRights.Trade, 10));
        BookAccount account = Touched(Books.Account(1, Books.One, Books.One, 2000 * Books.One)) with { Delegates = delegates };
        ProtocolBook book = Books.Of([inputs], account);

        AccountView view = Views(book, new RiskSnapshot(book, inputs, [])).View(account);
        Assert.Equal((100, 250), (view.Delegates.Count, view.DelegateCount));
    }

    private static byte[][] Told(ProtocolViews views, RiskSnapshot snapshot, ulong? only) =>
        [.. StreamEndpoints.Changes(views, snapshot, null, null, only, new StreamTurns(), JsonSerializerOptions.Web).Where(static item => item.EventType is "health").Select(static item => (byte[])item.Data)];

    private static ProtocolViews Views(ProtocolBook book, RiskSnapshot snapshot)
    {
        var books = new Broadcast<IndexedBook>();
        books.Publish(new IndexedBook(book, ImmutableSortedDictionary<ulong, ProtocolBook>.Empty, 0));
        var risks = new Broadcast<RiskSnapshot>();
        risks.Publish(snapshot);
        return new ProtocolViews(books, risks, new AttestedBooks(), ApiWorld.Record());
    }

    private static BookAccount Touched(BookAccount account) => account with { State = account.State with { InterestIndexE12 = 1_000_000_000_000 } };
}
