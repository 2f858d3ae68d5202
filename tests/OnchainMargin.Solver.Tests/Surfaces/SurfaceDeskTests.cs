using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Models.Surfaces;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Surfaces;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Solver.Tests.Surfaces;

public sealed class SurfaceDeskTests
{
    private const ulong Start = (ulong)Books.Start;

    [Fact]
    public void Plan_NothingListed_IsDueAndListsEveryExpiryThatIsFarEnough()
    {
        SurfaceDesk desk = Desk();
        SurfacePlan plan = Plan(desk, Book(Start));

        Assert.True(plan.IsDue);
        Assert.True(plan.Steps.Count >= 2);
        Assert.All(plan.Steps, step => Assert.True(step.IsPublishable && step.Expiry >= Start + 86_400 && step.Expiry % 1800 == 0));
        Assert.All(plan.Steps, step => Assert.InRange(step.Surface.VolatilityQ32(0) / Math.Pow(2, 32), 0.55, 0.65));
    }

    [Fact]
    public void Plan_JustPublished_IsNotDueUntilItIsOldOrMoves()
    {
        SurfaceDesk desk = Desk();
        ProtocolBook published = Published(desk, Book(Start));

        Assert.False(Plan(desk, At(published, Start + 120)).IsDue);
        Assert.True(Plan(desk, At(published, Start + 300)).IsDue);

        // A fall of a fifth in two minutes: realised variance lifts the level, and the step bounds it.
        SurfacePlan moved = Plan(desk, At(published, Start + 420, spot: 80));
        Assert.True(moved.IsDue);
        Assert.All(moved.Steps, step => Assert.InRange(step.Part, 0, 0.999));
    }

    [Fact]
    public void Refresh_OldQuotes_AreNotFitted()
    {
        var source = new Still(new SimulatedQuoteSource().Read("ETH", 100, (long)Start));
        var desk = new SurfaceDesk(source, Deployment, new SurfaceOptions(), NullLogger<SurfaceDesk>.Instance);
        Assert.Single(Plans(desk, Book(Start + 300)));
        Assert.Empty(Plans(desk, Book(Start + 301)));
        Assert.Empty(Plans(desk, Book(Start - 60)));
    }

    [Fact]
    public void Difference_OwnProposal_NoneAndFarOnes_NamedWithBothFigures()
    {
        SurfaceDesk desk = Desk();
        ProtocolBook book = Book(Start);
        SurfacePlan plan = Plan(desk, book);
        VolSurfaces.SurfaceUpdate own = SurfaceBook.Update(1, Start, plan.Steps[0].Surface);

        Assert.Null(SurfaceComparison.Difference([own], [plan], 300, Start + 60));
        Assert.Null(SurfaceComparison.Difference([own with { AE12 = own.AE12 + (own.AE12 / 50) }], [plan], 300, Start));
        string higher = SurfaceComparison.Difference([own with { AE12 = own.AE12 + (own.AE12 / 4) }], [plan], 300, Start)!;
        Assert.Contains("volatility at strike", higher, StringComparison.Ordinal);
        Assert.Contains("ETH", higher, StringComparison.Ordinal);
        Assert.Contains("forward over spot", SurfaceComparison.Difference([own with { ForwardE8 = own.ForwardE8 + (own.ForwardE8 / 200) }], [plan], 300, Start), StringComparison.Ordinal);
        Assert.Contains("is of second", SurfaceComparison.Difference([own], [plan], 300, Start + 301), StringComparison.Ordinal);
        Assert.Contains("no surface from this node's own quotes", SurfaceComparison.Difference([own with { Expiry = own.Expiry + 1800 }], [plan], 300, Start), StringComparison.Ordinal);
        Assert.EndsWith("is proposed twice at once, which the contract refuses", SurfaceComparison.Difference([own, own], [plan], 300, Start), StringComparison.Ordinal);
        Assert.Contains("no surface from this node's own quotes", SurfaceComparison.Difference([own with { BE12 = ulong.MaxValue }], [plan], 300, Start), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2026-11-20T16:00:00Z", "2026-11-27,2026-12-04,2026-12-25")]
    [InlineData("2026-11-27T07:59:59Z", "2026-11-27,2026-12-04,2026-12-25")]
    [InlineData("2026-11-27T08:00:00Z", "2026-12-04,2026-12-11,2026-12-25")]
    [InlineData("2026-12-01T00:00:00Z", "2026-12-04,2026-12-11,2026-12-25,2027-01-29")]
    public void Expiries_AreFridaysAndStayUntilTheyPass(string now, string expected) =>
        Assert.Equal(expected.Split(','), SimulatedQuoteSource.Expiries(DateTimeOffset.Parse(now, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds()).Select(static day => DateTimeOffset.FromUnixTimeSeconds(day).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture)));

    [Fact]
    public void FileQuoteSource_ReadsTheNewestSnapshotAgainWhenItIsWritten()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("omargin-quotes-").FullName, "quotes.csv");
        const string Header = "snapshot_utc,instrument_name,underlying_price,index_price,bid_price,ask_price,mark_iv\n";
        File.WriteAllText(path, Header + "2026-01-28T04:00:00Z,ETH-27FEB26-3000-C,3010,3000,0.05,0.06,0.6\n");
        var source = new FileQuoteSource(path);
        long time = DateTimeOffset.Parse("2026-01-28T05:00:00Z", System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds();
        Assert.Single(source.Read("ETH", 3000, time));
        Assert.Empty(source.Read("BTC", 3000, time));
        Assert.Empty(source.Read("ETH", 3000, time - 7200));

        File.WriteAllText(path, Header + "2026-01-28T04:50:00Z,ETH-27FEB26-3000-C,3010,3000,0.05,0.06,0.6\n2026-01-28T04:50:00Z,ETH-27FEB26-3000-P,3010,3000,0.04,0.05,0.6\n");
        File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(2));
        Assert.Equal(2, source.Read("ETH", 3000, time).Count);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    private static DeploymentRecord Deployment => new() { ChainId = 1, Block = 0, Contracts = SampleDeployment.Contracts, Tokens = [], Underlyings = [new DeployedUnderlying(1, "ETH", default, default)] };

    private static SurfaceDesk Desk() => new(new SimulatedQuoteSource(), Deployment, new SurfaceOptions(), NullLogger<SurfaceDesk>.Instance);

    private static SurfacePlan Plan(SurfaceDesk desk, ProtocolBook book) => Assert.Single(Plans(desk, book));

    private static IReadOnlyList<SurfacePlan> Plans(SurfaceDesk desk, ProtocolBook book)
    {
        desk.Refresh(book);
        return desk.Plan(book);
    }

    private static ProtocolBook Book(ulong time, double spot = 100) => Books.Of([Books.Inputs(1, (long)time, spot)]) with
    {
        BlockTimeSeconds = time,
        SurfaceParameters = new VolSurfaces.SurfaceParameters(15_000_000, 500_000, 1_000_000, 25_000_000, 5_000_000, 500_000_000, 0),
    };

    private static ProtocolBook At(ProtocolBook book, ulong time, double spot = 100) => Book(time, spot) with { Surfaces = book.Surfaces };

    private static ProtocolBook Published(SurfaceDesk desk, ProtocolBook book)
    {
        var surfaces = ImmutableSortedDictionary<(ushort Underlying, uint Expiry), SurfaceHistory>.Empty;
        foreach (SteppedSurface step in Plan(desk, book).Steps)
        {
            VolSurfaces.SurfaceUpdate u = SurfaceBook.Update(1, book.BlockTimeSeconds, step.Surface);
            byte[] word = [.. u.Encode().AsSpan((5 * 32) + 24, 8), .. u.Encode().AsSpan((6 * 32) + 24, 8), .. u.Encode().AsSpan((7 * 32) + 28, 4), .. u.Encode().AsSpan((8 * 32) + 28, 4), .. u.Encode().AsSpan((9 * 32) + 28, 4), 0, 0, 0, 0];
            var published = new VolSurfaces.SurfacePublishedEvent(1, u.Expiry, u.Time, u.ForwardE8, u.SpotE8, new Ethereum.Hash32(word));
            surfaces = surfaces.SetItem((1, u.Expiry), SurfaceHistory.After(null, published, book.BlockTimeSeconds));
        }

        return book with { Surfaces = surfaces };
    }

    private sealed class Still(IReadOnlyList<OptionQuote> quotes) : IQuoteSource
    {
        public IReadOnlyList<OptionQuote> Read(string underlying, double spot, long time) => quotes;
    }
}
