using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Margin;
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

    private static readonly SurfaceOptions Options = new();

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
    public void Metrics_ExpiryIsOver_SeriesEnds()
    {
        const uint Day = 86_400;
        uint[] days = [(uint)Start + (2 * Day), (uint)Start + (9 * Day)];
        var venue = new Venue { Expiries = days };
        SurfaceDesk desk = Desk(venue);
        SurfacePlan plan = Plan(desk, Book(Start));
        Assert.All(plan.Steps, step => desk.Note(plan, step));
        Assert.All(new[] { desk.Volatilities, desk.Distances, desk.Parts }, told => Assert.Equal(days, ExpiriesOf(told)));

        venue.Expiries = days[1..];
        desk.Refresh(Book(days[0]));
        Assert.All(new[] { desk.Volatilities, desk.Distances, desk.Parts }, told => Assert.Equal(days[1..], ExpiriesOf(told)));
    }

    /// <summary>The ninth moves up when the first is about to end; the daily that the venue adds then comes before it, and must not put it out.</summary>
    [Fact]
    public void Plan_MoreExpiriesThanAreListedAnew_PublishesAllThatIsListed()
    {
        const uint Day = 86_400;
        uint[] days = [.. Enumerable.Range(2, 9).Select(static day => (uint)Start + ((uint)day * Day))];
        var venue = new Venue { Expiries = days };
        SurfaceDesk desk = Desk(venue);
        ProtocolBook book = Published(desk, Book(Start));
        Assert.Equal(days[..8], Listed(book));

        ulong lastHour = days[0] - 3600;
        book = Published(desk, At(book, lastHour));
        Assert.Equal(days, Listed(book));

        uint daily = days[2] + (Day / 2);
        venue.Expiries = [.. days, daily];
        book = At(book, lastHour + 300);
        SurfacePlan plan = Plan(desk, book);
        Assert.True(plan.IsDue);
        Assert.Equal(days[1..], plan.Steps.Select(static step => step.Expiry).Order());
        Assert.All(plan.Steps, static step => Assert.Equal(1, step.Part));
        Assert.Equal((long)lastHour, plan.OldestSeconds);

        // Who would list fewer publishes and signs what is listed all the same.
        SurfacePlan fewer = Plan(Desk(venue, most: 2), book);
        Assert.Equal(plan.Steps.Select(static step => step.Expiry), fewer.Steps.Select(static step => step.Expiry));
        Assert.Null(SurfaceComparison.Difference([.. plan.Steps.Select(step => SurfaceBook.Update(1, book.BlockTimeSeconds, step.Surface))], [fewer], Options, book.BlockTimeSeconds));

        // There is room again in the last hour of the next one; one that has no quotes for a while gives its place to nobody.
        venue.Expiries = [.. days[..^1], daily];
        Assert.DoesNotContain(daily, Plan(desk, At(book, days[1] - 3601)).Steps.Select(static step => step.Expiry));
        Assert.Contains(daily, Plan(desk, At(book, days[1] - 3600)).Steps.Select(static step => step.Expiry));
    }

    /// <summary>Somebody once listed an expiry half an hour behind a real one, at its variance. No venue quotes it, and by the calendar the real one cannot rise above it: whoever has quotes of the one moves both.</summary>
    [Fact]
    public void Plan_AListedExpiryWithoutQuotes_MovesWithItsNeighbour()
    {
        const uint Day = 86_400;
        uint real = (uint)Start + (30 * Day), planted = real + 1800;
        var venue = new Venue { Expiries = [real] };
        SurfaceDesk desk = Desk(venue);
        ProtocolBook book = Published(desk, Book(Start));
        VolSurfaces.SurfaceUpdate beside = SurfaceBook.Update(1, Start, Assert.Single(SurfaceBook.InForce(book, 1)).Surface) with { Expiry = planted };
        book = book with { Surfaces = book.Surfaces.Add((1, planted), Publications.After(null, beside)) };

        // A far one without quotes follows the nearest that has some; each goes as far as the other lets it, in turn.
        venue.Volatility = 1.2;
        var published = new HashSet<uint>();
        for (ulong round = 2; round < 288; round++)
        {
            // While what has quotes is young the other has its turn.
            ulong time = Start + (round / 2 * 300) + (round % 2 * 30);
            book = At(book, time);
            SurfacePlan plan = Plan(desk, book);
            Assert.Null(SurfaceComparison.Difference([.. plan.Steps.Select(step => SurfaceBook.Update(1, time, step.Surface))], Desk(venue, book).Beside(book, ImmutableDictionary<ushort, WindowReading>.Empty, [.. plan.Steps.Select(step => SurfaceBook.Update(1, time, step.Surface))]), Options, time));
            published.Add(Assert.Single(plan.Steps).Expiry);
            book = Published(desk, book);
        }

        Assert.Equal([real, planted], published.Order());
        Assert.All(SurfaceBook.InForce(book, 1), static one => Assert.InRange(one.Surface.VolatilityQ32(0) / Math.Pow(2, 32), 1.15, 1.21));
    }

    /// <summary>Three nodes, two of which each lack another expiry: what each has is signed by who has it all.</summary>
    [Fact]
    public void Plan_WithoutQuotesOfOneExpiry_ProposesTheOthersByThemselves()
    {
        const uint Day = 86_400;
        uint[] days = [(uint)Start + (7 * Day), (uint)Start + (14 * Day), (uint)Start + (28 * Day)];
        var whole = new Venue { Expiries = [.. days] };
        SurfaceDesk desk = Desk(whole);
        ProtocolBook book = At(Published(desk, Book(Start)), Start + 3600);
        SurfaceDesk lacking = Desk(new Venue { Expiries = [days[0], days[2]] });

        SurfacePlan plan = Plan(lacking, book);
        Assert.Equal([days[0], days[2]], plan.Steps.Select(static step => step.Expiry).Order());
        VolSurfaces.SurfaceUpdate[] proposed = [.. plan.Steps.Select(step => SurfaceBook.Update(1, book.BlockTimeSeconds, step.Surface))];
        desk.Refresh(book);
        Assert.Null(SurfaceComparison.Difference(proposed, desk.Beside(book, ImmutableDictionary<ushort, WindowReading>.Empty, proposed), Options, book.BlockTimeSeconds));

        // What it lacks it proposes in turn.
        Assert.Equal(days[1], Assert.Single(Plan(lacking, At(Published(lacking, book), Start + 3660)).Steps).Expiry);
    }

    [Fact]
    public void Difference_OwnProposal_NoneAndFarOnes_NamedWithBothFigures()
    {
        SurfaceDesk desk = Desk();
        ProtocolBook book = Book(Start);
        SurfacePlan plan = Plan(desk, book);
        VolSurfaces.SurfaceUpdate own = SurfaceBook.Update(1, Start, plan.Steps[0].Surface);

        Assert.Null(SurfaceComparison.Difference([own], [plan], Options, Start + 60));
        Assert.Null(SurfaceComparison.Difference([own with { AE12 = own.AE12 + (own.AE12 / 50) }], [plan], Options, Start));
        string higher = SurfaceComparison.Difference([own with { AE12 = own.AE12 + (own.AE12 / 4) }], [plan], Options, Start)!;
        Assert.Contains("volatility at strike", higher, StringComparison.Ordinal);
        Assert.Contains("ETH", higher, StringComparison.Ordinal);
        Assert.Contains("forward over spot", SurfaceComparison.Difference([own with { ForwardE8 = own.ForwardE8 + (own.ForwardE8 / 200) }], [plan], Options, Start), StringComparison.Ordinal);
        Assert.Contains("is of second", SurfaceComparison.Difference([own], [plan], Options, Start + 301), StringComparison.Ordinal);
        Assert.Contains("no surface from this node's own quotes", SurfaceComparison.Difference([own with { Expiry = own.Expiry + 1800 }], [plan], Options, Start), StringComparison.Ordinal);
        Assert.EndsWith("is proposed twice at once, which the contract refuses", SurfaceComparison.Difference([own, own], [plan], Options, Start), StringComparison.Ordinal);
        Assert.Contains("no surface from this node's own quotes", SurfaceComparison.Difference([own with { BE12 = ulong.MaxValue }], [plan], Options, Start), StringComparison.Ordinal);
    }

    /// <summary>Within 3 % of a smile of 43 to 57 % up to two units from the forward, half as much again above at four units and twice as much at eight: at a listing, and at each step there.</summary>
    [Fact]
    public void Difference_LieInTheWingsAlone_IsRefused()
    {
        SurfaceTarget mild = Target(0.10686, 0.22359, 0.02537, 0.07149, 0.39879);
        SurfaceTarget lie = Target(0.18, 0.8885, 0.918, 0.1545, 0.0136);
        SteppedSurface own = Step(null, mild, Start);
        SteppedSurface theirs = Step(null, lie, Start);
        Assert.Equal((SurfaceFault.None, SurfaceFault.None), (own.Bound, theirs.Bound));
        Assert.StartsWith("ETH of 2023-11-21 22:00: volatility at strike 139.4", Difference(own, theirs, Start), StringComparison.Ordinal);
        Assert.InRange(Walk(mild, lie).VolatilityQ32(SurfacePoint(10)) / (double)own.Surface.VolatilityQ32(SurfacePoint(10)), 1, 1.16);
    }

    /// <summary>Each step by itself lies near the one that this node would take; where they lead must not.</summary>
    [Theory]
    [InlineData(0.18)]
    [InlineData(0.72)]
    public void Difference_AFarFitInSmallSteps_IsFollowedNoFurtherThanTheTolerance(double level)
    {
        SurfaceTarget honest = Target(0.36, 0.1, 0, 0, 1);
        double fit = Step(null, honest, Start).Surface.VolatilityQ32(0);
        double reached = Walk(honest, Target(level, 0.1, 0, 0, 1)).VolatilityQ32(0);
        Assert.InRange(Math.Abs((reached / fit) - 1), 0.01, 0.0301);
    }

    [Fact]
    public void Difference_ForwardInSmallSteps_IsFollowedNoFurtherThanATenthOfTheTolerance()
    {
        SurfaceTarget honest = Target(0.36, 0.1, 0, 0, 1);
        PublishedSurface reached = Walk(honest, honest with { ForwardRatio = 1.012 });
        Assert.InRange(((double)reached.ForwardE8 / reached.SpotE8) - 1, 0.002, 0.0031);
    }

    /// <summary>Steps towards fits that lie near each other are signed however far both are from what is in force.</summary>
    [Fact]
    public void Difference_MarketMovesFar_StepsOfTwoHonestNodesAreSignedAllTheWay()
    {
        SurfaceTarget honest = Target(0.10686, 0.22359, 0.02537, 0.07149, 0.39879);
        SurfaceTarget other = Target(0.9, 0.5, -0.3, -0.02, 0.2) with { ForwardRatio = 1.004 };
        SurfaceTarget own = Target(0.89, 0.505, -0.31, -0.021, 0.2) with { ForwardRatio = 1.0045 };
        PublishedSurface inForce = Step(null, honest, Start).Surface;
        SteppedSurface theirs = default;
        for (ulong time = Start + 300; theirs.Part < 1; time += 300)
        {
            var held = new SurfaceInForce(inForce, (long)time - 300, (long)time - 300);
            theirs = Step(held, other, time);
            Assert.Null(Difference(Step(held, own, time), theirs, time));
            Assert.InRange(time, Start, Start + 86_400);
            inForce = theirs.Surface;
        }
    }

    /// <summary>An attester proposes a minute after each publication what is in force: it lies near an honest step of a minute, and no further from the fit than what is in force.</summary>
    [Fact]
    public void Difference_WhatIsInForceAgain_IsRefusedWhereTheFitIsFarOff()
    {
        SurfaceTarget fit = Target(2.25, 0.1, 0, 0, 1);
        var inForce = new SurfaceInForce(Step(null, Target(0.36, 0.1, 0, 0, 1), Start).Surface, (long)Start, (long)Start);
        SteppedSurface own = Step(inForce, fit, Start + 60);
        Assert.InRange(own.Part, 1e-3, 2e-3);

        SteppedSurface again = own with { Surface = inForce.Surface };
        Assert.Matches("volatility at strike .*% proposed, .*% here, .*% in force: less than half of the way$", Difference(own, again, Start + 60));
        Assert.EndsWith($"is of second {Start + 59}, what is in force came at {Start}, and surfaces:leastIntervalSeconds is 60", Difference(Step(inForce, fit, Start + 59), own, Start + 59), StringComparison.Ordinal);
        Assert.Null(Difference(own, own, Start + 60));

        // As one of half a minute before that another node proposed in time, not as one that was held back.
        Assert.Null(Difference(Step(inForce, fit, Start + 110), own, Start + 110, proposed: Start + 60));
        Assert.EndsWith("less than half of the way", Difference(Step(inForce, fit, Start + 130), own, Start + 130, proposed: Start + 60), StringComparison.Ordinal);
    }

    /// <summary>Half of the way at the point that lies farthest, and nothing elsewhere, would be another point's turn each time: the whole would go on at a tenth of the speed.</summary>
    [Fact]
    public void Difference_HalfOfTheWayAtTheFarthestPointAlone_IsRefused()
    {
        // At 60 % flat, and 150 % by the quotes, a little more of it above.
        SurfaceTarget fit = Target(2.25, 0.1, 0.2, 0, 1);
        var inForce = new SurfaceInForce(Step(null, Target(0.36, 0.1, 0, 0, 1), Start).Surface, (long)Start, (long)Start);
        SteppedSurface own = Step(inForce, fit, Start + 120);
        SteppedSurface tilted = own with { Surface = inForce.Surface with { RhoE8 = 15_000_000, AE12 = inForce.Surface.AE12 + 2_850_000_000 } };
        long farthest = SurfacePoint(9), before = inForce.Surface.VolatilityQ32(farthest);
        Assert.InRange(tilted.Surface.VolatilityQ32(farthest) - before, (own.Surface.VolatilityQ32(farthest) - before) / 2, long.MaxValue);
        Assert.EndsWith("less than half of the way", Difference(own, tilted, Start + 120), StringComparison.Ordinal);
        Assert.Null(Difference(own, own, Start + 120));
    }

    [Fact]
    public void Difference_ForwardInForceAgain_IsRefusedWhereTheQuotesAreFarOff()
    {
        SurfaceTarget level = Target(0.36, 0.1, 0, 0, 1);
        var inForce = new SurfaceInForce(Step(null, level, Start).Surface, (long)Start, (long)Start);
        SteppedSurface own = Step(inForce, level with { ForwardRatio = 1.01 }, Start + 60);
        Assert.EndsWith("forward over spot 1.00000 proposed, 1.00008 here, 1.00000 in force: less than half of the way", Difference(own, own with { Surface = inForce.Surface }, Start + 60), StringComparison.Ordinal);
        Assert.Null(Difference(own, own, Start + 60));
    }

    /// <summary>One expiry that somebody publishes again and again keeps no other from being published.</summary>
    [Fact]
    public void Plan_OneExpiryJustPublished_IsDueOfTheOthers()
    {
        SurfaceDesk desk = Desk();
        ProtocolBook book = Published(desk, Book(Start));
        uint[] listed = [.. Listed(book)];
        book = Published(desk, At(book, Start + 290), only: listed[0]);

        SurfacePlan plan = Plan(desk, At(book, Start + 300));
        Assert.True(plan.IsDue);
        Assert.Equal(listed[1..], plan.Steps.Select(static step => step.Expiry).Order());
    }

    /// <summary>A node that has every second strike, and whose bids and asks stand a tenth of the spread higher: its wings are drawn from other quotes.</summary>
    [Fact]
    public void Difference_HonestFitsOfSlightlyDifferentQuotes_AreSigned()
    {
        IReadOnlyList<OptionQuote> quotes = new SimulatedQuoteSource().Read("ETH", 100, (long)Start);
        OptionQuote[] fewer = [.. quotes.Where(static (_, i) => i % 2 == 0).Select(static (quote, i) => quote with { Bid = quote.Bid + ((quote.Ask - quote.Bid) / 10), Ask = quote.Ask + ((quote.Ask - quote.Bid) / (i % 3 == 0 ? 10 : 20)) })];
        SurfacePlan[] plans = [.. new[] { quotes, fewer }.Select(static one => Plan(new SurfaceDesk(new Still(one), Deployment, new SurfaceOptions(), NullLogger<SurfaceDesk>.Instance), Book(Start)))];
        foreach ((SurfacePlan own, SurfacePlan theirs) in new[] { (plans[0], plans[1]), (plans[1], plans[0]) })
        {
            Assert.Equal(own.Steps.Count, theirs.Steps.Count);
            Assert.Null(SurfaceComparison.Difference([.. theirs.Steps.Select(static step => SurfaceBook.Update(1, Start, step.Surface))], [own], Options, Start));
        }
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
        var source = new FileQuoteSource(path, 300);
        long time = DateTimeOffset.Parse("2026-01-28T05:00:00Z", System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds();
        Assert.Single(source.Read("ETH", 3000, time));
        Assert.Empty(source.Read("BTC", 3000, time));
        Assert.True(Assert.Single(source.Read("ETH", 3000, time - 7200)).Time > time - 7200);

        File.WriteAllText(path, Header + "2026-01-28T04:50:00Z,ETH-27FEB26-3000-C,3010,3000,0.05,0.06,0.6\n2026-01-28T04:50:00Z,ETH-27FEB26-3000-P,3010,3000,0.04,0.05,0.6\n");
        File.SetLastWriteTimeUtc(path, File.GetLastWriteTimeUtc(path).AddSeconds(2));
        Assert.Equal(2, source.Read("ETH", 3000, time).Count);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    /// <summary>A program that writes the file anew every second, by a clock that the chain's is some seconds behind.</summary>
    [Fact]
    public void FileQuoteSource_SnapshotLaterThanTheChain_GivesTheOneReadBefore()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("omargin-quotes-").FullName, "quotes.csv");
        var source = new FileQuoteSource(path, 300);
        DateTimeOffset first = DateTimeOffset.FromUnixTimeSeconds((long)Start);
        long[] TimesAt(double written, double chain)
        {
            File.WriteAllText(path, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"snapshot_utc,instrument_name,underlying_price,index_price,bid_price,ask_price,mark_iv\n{first.AddSeconds(written):yyyy-MM-ddTHH:mm:ssZ},ETH-27FEB26-3000-C,3010,3000,0.05,0.06,0.6\n"));
            File.SetLastWriteTimeUtc(path, first.UtcDateTime.AddSeconds(written));
            return [.. source.Read("ETH", 3000, (long)(Start + chain)).Select(static quote => quote.Time - (long)Start)];
        }

        Assert.Equal([0], TimesAt(0, 0));
        Assert.Equal([0], TimesAt(5, 3));
        Assert.Equal([5], TimesAt(10, 7));

        // What is older than quotes may be is forgotten.
        Assert.Equal([311], TimesAt(311, 311));
        Assert.Equal([311], TimesAt(320, 305));

        // A clock that was ahead is set right: what it wrote comes back at no time.
        Assert.Equal([320], TimesAt(500, 330));
        Assert.Equal([333], TimesAt(333, 334));
        Assert.Equal([333], TimesAt(400, 350));

        // A chain that stands still has nothing kept for ever: the oldest that is left is what it would come to first.
        for (int written = 405; written <= 1200; written += 5)
        {
            TimesAt(written, 350);
        }

        Assert.Equal([905], TimesAt(1205, 350));
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    /// <summary>Rows of one taking have times of their own; it counts once its last one is past.</summary>
    [Fact]
    public void FileQuoteSource_SnapshotEndsLaterThanTheChain_GivesTheOneReadBefore()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("omargin-quotes-").FullName, "quotes.csv");
        var source = new FileQuoteSource(path, 300);
        Write(1, 0, 0);
        Assert.Single(source.Read("ETH", 3000, (long)Start));
        Write(2, 30, 50);
        Assert.Single(source.Read("ETH", 3000, (long)Start + 42));
        Assert.Equal(2, source.Read("ETH", 3000, (long)Start + 50).Count);
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

        void Write(int rows, int begun, int ended)
        {
            string At(int seconds) => DateTimeOffset.FromUnixTimeSeconds((long)Start + seconds).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
            File.WriteAllLines(path, ["snapshot_utc,instrument_name,underlying_price,index_price,bid_price,ask_price,mark_iv", $"{At(begun)},ETH-27FEB26-3000-C,3010,3000,0.05,0.06,0.6", .. rows == 1 ? [] : (string[])[$"{At(ended)},ETH-27FEB26-3000-P,3010,3000,0.05,0.06,0.6"]]);
            File.SetLastWriteTimeUtc(path, DateTimeOffset.FromUnixTimeSeconds((long)Start + ended).UtcDateTime);
        }
    }

    /// <summary>One row of another underlying that is ahead of the clock, in every taking, or a taking without this one.</summary>
    [Theory]
    [InlineData(60)]
    [InlineData(-60)]
    public void FileQuoteSource_AnotherUnderlyingIsElsewhereInTime_GivesTheNewestOfTheAsked(int ahead)
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("omargin-quotes-").FullName, "quotes.csv");
        var source = new FileQuoteSource(path, 300);
        for (int written = 0; written < 30; written += 10)
        {
            string[] names = ahead > 0 || written == 0 ? ["ETH-27FEB26-3000-C", "BTC-27FEB26-90000-C"] : ["BTC-27FEB26-90000-C"];
            File.WriteAllLines(path, ["snapshot_utc,instrument_name,underlying_price,index_price,bid_price,ask_price,mark_iv", .. names.Select(name => $"{At(name[0] == 'E' ? written : written + ahead)},{name},3010,3000,0.05,0.06,0.6")]);
            File.SetLastWriteTimeUtc(path, DateTimeOffset.FromUnixTimeSeconds((long)Start + written).UtcDateTime);
            Assert.Equal((long)Start + (ahead > 0 ? written : 0), Assert.Single(source.Read("ETH", 3000, (long)Start + written)).Time);
        }

        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);

        static string At(int seconds) => DateTimeOffset.FromUnixTimeSeconds((long)Start + seconds).ToString("yyyy-MM-ddTHH:mm:ssZ", System.Globalization.CultureInfo.InvariantCulture);
    }

    private static readonly SurfaceBands Bands = new(15_000_000, 500_000, 1_000_000, 25_000_000, 5_000_000, 500_000_000);

    /// <summary>Where an attester alone brings the surface of a week in an hour, that another one judges each minute.</summary>
    private static PublishedSurface Walk(SurfaceTarget honest, SurfaceTarget far)
    {
        var inForce = new SurfaceInForce(Step(null, honest, Start).Surface, (long)Start, (long)Start);
        for (ulong time = Start + 60; time <= Start + 3600; time += 60)
        {
            SteppedSurface theirs = Step(inForce, far, time);
            if (theirs.IsPublishable && Difference(Step(inForce, honest, time), theirs, time) is null)
            {
                inForce = new SurfaceInForce(theirs.Surface, (long)time, (long)time);
            }
        }

        return inForce.Surface;
    }

    private static string? Difference(SteppedSurface own, SteppedSurface theirs, ulong time, ulong? proposed = null) =>
        SurfaceComparison.Difference([SurfaceBook.Update(1, proposed ?? time, theirs.Surface)], [new SurfacePlan(1, "ETH", [own], true)], Options, time);

    private static SteppedSurface Step(SurfaceInForce? inForce, SurfaceTarget target, ulong time) =>
        Assert.Single(SurfaceSteps.Plan(inForce is { } held ? [held] : [], [target], Bands, 100_00000000, (long)time, WindowReading.Unopened));

    /// <summary>A fit of a week's expiry, by the variance a year.</summary>
    private static SurfaceTarget Target(double a, double b, double rho, double m, double sigma)
    {
        const double Years = 7.0 / 365;
        return new SurfaceTarget((uint)Start + (7 * 86_400), 1, new SviSlice(a * Years, b * Years, rho, m, sigma), Years);
    }

    private static long SurfacePoint(int place)
    {
        Span<long> points = stackalloc long[SurfaceChecks.PointCount];
        SurfaceChecks.Points(7 * 86_400, points);
        return points[place];
    }

    private static DeploymentRecord Deployment => new() { ChainId = 1, Block = 0, Contracts = SampleDeployment.Contracts, Tokens = [], Underlyings = [new DeployedUnderlying(1, "ETH", default, default)] };

    private static IEnumerable<uint> ExpiriesOf(IEnumerable<Measurement<double>> told) =>
        told.Select(static one => (uint)(long)one.Tags.ToArray().Single(static tag => string.Equals(tag.Key, "expiry", StringComparison.Ordinal)).Value!).Order();

    private static SurfaceDesk Desk() => Desk(new SimulatedQuoteSource());

    private static SurfaceDesk Desk(IQuoteSource source, int most = 8) => new(source, Deployment, new SurfaceOptions { MaximumExpiries = most }, NullLogger<SurfaceDesk>.Instance);

    private static SurfaceDesk Desk(IQuoteSource source, ProtocolBook book)
    {
        SurfaceDesk desk = Desk(source);
        desk.Refresh(book);
        return desk;
    }

    private static SurfacePlan Plan(SurfaceDesk desk, ProtocolBook book) => Assert.Single(Plans(desk, book));

    private static IReadOnlyList<SurfacePlan> Plans(SurfaceDesk desk, ProtocolBook book)
    {
        desk.Refresh(book);
        return desk.Plan(book, ImmutableDictionary<ushort, WindowReading>.Empty, []);
    }

    private static ProtocolBook Book(ulong time, double spot = 100) => Books.Of([Books.Inputs(1, (long)time, spot)]) with
    {
        BlockTimeSeconds = time,
        SurfaceParameters = new VolSurfaces.SurfaceParameters(15_000_000, 500_000, 1_000_000, 25_000_000, 5_000_000, 500_000_000, 0),
    };

    private static ProtocolBook At(ProtocolBook book, ulong time, double spot = 100) => Book(time, spot) with { Surfaces = book.Surfaces };

    private static ProtocolBook Published(SurfaceDesk desk, ProtocolBook book, uint? only = null)
    {
        ImmutableSortedDictionary<(ushort Underlying, uint Expiry), SurfaceHistory> surfaces = book.Surfaces;
        foreach (SteppedSurface step in Plan(desk, book).Steps.Where(step => only is null || step.Expiry == only))
        {
            VolSurfaces.SurfaceUpdate u = SurfaceBook.Update(1, book.BlockTimeSeconds, step.Surface);
            surfaces = surfaces.SetItem((1, u.Expiry), Publications.After(surfaces.TryGetValue((1, u.Expiry), out SurfaceHistory? before) ? before : null, u));
        }

        return book with { Surfaces = surfaces };
    }

    private static IEnumerable<uint> Listed(ProtocolBook book) => book.Surfaces.Keys.Select(static key => key.Expiry);

    private sealed class Still(IReadOnlyList<OptionQuote> quotes) : IQuoteSource
    {
        public IReadOnlyList<OptionQuote> Read(string underlying, double spot, long time) => quotes;
    }
}
