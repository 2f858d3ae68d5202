using System.Collections.Immutable;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Risk;
using OnchainMargin.Solver.Telemetry;
using OnchainMargin.Solver.Tests.Api;

namespace OnchainMargin.Solver.Tests.Telemetry;

/// <summary>Meters are the process's: the solvers of other tests, with books of their own, would tell theirs in between, so nothing runs beside this.</summary>
[Collection(Name)]
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MetricsTests(ApiWorld world) : IClassFixture<ApiWorld>
{
    internal const string Name = "metrics of the process";

    [Fact]
    public async Task Metrics_InPrometheusText_HoldTheSolversOwn()
    {
        string text = await world.Http.GetStringAsync("/metrics");

        Assert.Contains("# TYPE omargin_index_block gauge\nomargin_index_block 9\n", text, StringComparison.Ordinal);
        Assert.Contains("omargin_accounts 3\n", text, StringComparison.Ordinal);
    }

    /// <summary>A counter that appears with its first event has not increased by it: no alert would hear of the first false attestation.</summary>
    [Fact]
    public async Task Metrics_CountersOfSingleEvents_BeginAtZeroWithTheirRole()
    {
        string text = await world.Http.GetStringAsync("/metrics");

        Assert.Contains("# TYPE omargin_attester_disagreements_total counter\nomargin_attester_disagreements_total 0\n", text, StringComparison.Ordinal);
        Assert.Contains("\nomargin_attester_refusals_total 0\n", text, StringComparison.Ordinal);
        Assert.Contains("\nomargin_proposal_refused_total{kind=\"Surfaces\"} 0\n", text, StringComparison.Ordinal);

        // Of roles that are not played there is nothing to tell.
        Assert.DoesNotContain("omargin_watchtower_wrong_uses_total", text, StringComparison.Ordinal);
    }

    /// <summary>Nobody can start an account that rests after a lot that was sold in part, or that served needs, unless it is in danger (CLR-040).</summary>
    [Theory]
    [InlineData(40_000_000, false, 299, 15_000, 1)]
    [InlineData(40_000_000, false, 300, 15_000, 2)]
    [InlineData(100_000_000, false, 1, 15_000, 2)]
    [InlineData(0, false, 1, 15_000, 2)]
    [InlineData(0, true, 1, 15_000, 1)]
    [InlineData(100_000_000, true, 1, 15_000, 1)]
    [InlineData(40_000_000, false, 1, 3_000, 2)]
    public void Unserved_AccountThatRests_IsNotCounted(ulong soldE8, bool served, ulong seconds, long cash, long unserved)
    {
        ProtocolBook book = world.Book();
        BookLot lot = book.Lots[1] with { SoldE8 = soldE8, HasServed = served, EndedAtSeconds = book.BlockTimeSeconds - seconds };
        book = book with
        {
            Lots = book.Lots.SetItem(1, lot),
            Accounts = book.Accounts.With(world.Account(3, cash, new Position(Instrument.Perpetual(1), ApiWorld.One / 2, (Int128)ApiWorld.BtcE8 / 2))),
        };

        Assert.Equal(unserved, SolverGauges.Unserved(null, new RiskSnapshot(book, world.Risks.Current!.Inputs, [2, 3])));
    }

    /// <summary>A lot of an account that is well again hides nobody whose auction has not been started.</summary>
    [Fact]
    public void Unserved_AccountsUnderWater_AreThoseInNoOpenLotByTheNewestBook()
    {
        ProtocolBook book = InLots(world.Book(), 7, 0, 0);
        RiskSnapshot risk = new(book, world.Risks.Current!.Inputs, [2, 3]);
        Assert.Equal(2, SolverGauges.Unserved(null, risk));
        Assert.Equal(1, SolverGauges.Unserved(world.Books.Current! with { Book = InLots(book, 7, 8, 0) }, risk));
        Assert.Equal(0, SolverGauges.Unserved(world.Books.Current, null));
    }

    /// <summary>The alert on old surfaces must hear of silent quotes: whoever publishes or not, the book tells how old they are. What expires within the hour is published no more.</summary>
    [Fact]
    public void SurfaceAges_NobodyPublishes_GrowByTheBooksTime()
    {
        const ulong Published = 1_800_000_000;
        SurfaceHistory Surface(uint expiry, ulong time) => SurfaceHistory.After(null, new VolSurfaces.SurfacePublishedEvent(1, expiry, time, 1, 1, default), time);
        ProtocolBook At(ulong seconds) => world.Book() with
        {
            BlockTimeSeconds = Published + seconds,
            Surfaces = ImmutableSortedDictionary<(ushort, uint), SurfaceHistory>.Empty
                .Add((1, (uint)Published + 1800), Surface((uint)Published + 1800, Published - 5000))
                .Add((1, (uint)Published + 86_400), Surface((uint)Published + 86_400, Published)),
        };
        DeployedUnderlying listed = world.Deployment.Underlyings.Single(static one => one.Number == 1);
        Assert.Equal(1200, Assert.Single(SolverGauges.SurfaceAges(At(1200), listed)).Value);
        Assert.Empty(SolverGauges.SurfaceAges(At(90_000), listed));
        Assert.Equal((int)MarketState.Normal, Assert.Single(SolverGauges.States(world.Book(), listed)).Value);
    }

    private static ProtocolBook InLots(ProtocolBook book, params ulong[] lots) =>
        book with { Accounts = lots.Select((lot, i) => (lot, Id: (ulong)i + 1)).Aggregate(book.Accounts, static (accounts, one) => accounts.With(accounts[one.Id] with { OpenLot = one.lot })) };
}
