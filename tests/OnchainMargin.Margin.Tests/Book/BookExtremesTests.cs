namespace OnchainMargin.Margin.Tests.Book;

/// <summary>Accounts at the far end of the domain, each of which passed the end of a word in the book without being told from an account that fits: the book has the figures of the engine of one account.</summary>
public sealed class BookExtremesTests
{
    private const long Far = 1L << 49;
    private const long OneE12 = 1_000_000_000_000;

    /// <summary>24 times the short minima of a group pass 2⁶³, though each is a term that fits.</summary>
    [Theory]
    [MemberData(nameof(BookEngineTests.Widths), MemberType = typeof(BookEngineTests))]
    public void Reckon_ShortMinimaOfManyUnderlyings_AreThoseOfTheEngineOfOneAccount(LaneWidth width)
    {
        RiskParameters whole = Sample.Parameters with { ShortOptionMinimumE8 = 100_000_000 };
        UnderlyingRecord[] underlyings = [.. Enumerable.Range(1, 22).Select(number => Sample.Underlying((ushort)number, OneE12, Sample.Expiry(86_400, OneE12, 250_000_000_000)) with { Parameters = whole })];
        Position[] calls = [.. underlyings.Select(static u => new Position(Instrument.Call(u.Underlying, u.Expiries[0].Expiry, 80_000 * 10_000L), -1_801_439_850_948, 0))];
        AccountFigures figures = Equal(width, underlyings, calls);
        Assert.Equal(396_316_767_208_560_000, figures.MaintenanceE8);
    }

    /// <summary>A short butterfly between two nodes loses more than 2⁶⁴ there, whose low word looks like a small loss.</summary>
    [Theory]
    [MemberData(nameof(BookEngineTests.Widths), MemberType = typeof(BookEngineTests))]
    public void Reckon_LossBetweenNodesBeyondAWord_IsThatOfTheEngineOfOneAccount(LaneWidth width)
    {
        const long size = 1_041_436_265_141_659;
        var expiry = new ExpiryRecord((uint)(Sample.Time + 59), Sample.Time, OneE12, Sample.Flat(Far, 810_000_000_000), Sample.Flat(Far, 810_000_000_000)) { FollowSeconds = 59 };
        UnderlyingRecord underlying = Sample.Underlying(1, 1_000_000, expiry) with { Parameters = Sample.Parameters with { PriceRangeE8 = 32_000_000 } };
        AccountFigures figures = Equal(
            width,
            [underlying],
            new Position(Instrument.Call(1, expiry.Expiry, 56_619_754_639), -size, 0),
            new Position(Instrument.Call(1, expiry.Expiry, 56_649_278_211), 2 * size, 0),
            new Position(Instrument.Call(1, expiry.Expiry, 56_678_801_783), -size, 0));
        Assert.True(figures.MaintenanceE8 > 3_000_000_000_000_000_000);
    }

    /// <summary>Humps are of the undiscounted forward: under a discount of next to nothing they are far above every gain.</summary>
    [Theory]
    [MemberData(nameof(BookEngineTests.Widths), MemberType = typeof(BookEngineTests))]
    public void Reckon_HumpAboveEveryGain_IsThatOfTheEngineOfOneAccount(LaneWidth width)
    {
        var surface = new Surface(Far, Far, -(1L << 53), 0, 0, 0, 1);
        var expiry = new ExpiryRecord((uint)(Sample.Time + 1_800), Sample.Time, 1, surface, surface);
        UnderlyingRecord underlying = Sample.Underlying(1, 1_000_000, expiry) with { Parameters = Sample.Parameters with { PriceRangeE8 = 32_000_000 } };
        AccountFigures figures = Equal(width, [underlying], new Position(Instrument.Call(1, expiry.Expiry, Far / 10_000), -700_000, 0));
        Assert.True(figures.MaintenanceE8 > 5_000_000_000);
    }

    private static AccountFigures Equal(LaneWidth width, UnderlyingRecord[] underlyings, params Position[] positions)
    {
        Checkpoint checkpoint = Sample.Checkpoint([.. underlyings]);
        AccountState state = Sample.State(0, [.. positions]);
        AccountFigures expected = MarginEngine.Compute(state, [], new CheckpointView(checkpoint));
        var engine = new BookEngine(1, width);
        engine.Set(1, state, []);
        engine.Reckon(checkpoint);
        Assert.True(engine.TryFind(1, out AccountFigures found, out MarginError error));
        Assert.Equal((MarginError.None, expected), (error, found));
        return expected;
    }
}
