using OnchainMargin.Cli.Margin;
using OnchainMargin.Margin;

namespace OnchainMargin.Cli.Tests.Margin;

public sealed class BookTests
{
    private const long One = 100_000_000;
    private static readonly Book Design = BookFile.Parse(Books.Design);

    [Fact]
    public void Parse_Design_BuildsCheckpointAndStates()
    {
        UnderlyingRecord eth = Design.Checkpoint.Underlyings[0];
        Assert.Equal(152_31000000, eth.SpotE8);
        Assert.Equal(5000 * One, eth.DepthE8);
        Assert.Equal(16_000_000u, eth.Parameters.PriceRangeE8);
        ExpiryRecord expiry = Assert.Single(eth.Expiries);
        Assert.Equal(1_585_296_000u, expiry.Expiry);

        // 15 days less two hours: total variance over τ, to the nearest.
        long tau = expiry.Expiry - Design.Checkpoint.Header.Time;
        Assert.Equal(((15 * 24) - 2) * 3600, tau);
        Assert.Equal(((10_000_000_000L * 31_536_000) + (tau / 2)) / tau, expiry.Present.AE12);
        Assert.Equal(expiry.Present, expiry.Delayed);
        CollateralRecord weth = Design.Checkpoint.Collaterals[1];
        Assert.Equal(9_000_000, weth.HaircutE8);
        Assert.Equal(1, weth.Underlying);
        AccountState state = Design.Accounts[0].State;
        Assert.Equal(1000_50000000, state.CashE8);
        Assert.Equal(-800 * One, state.Positions[0].CostE8);
        Assert.Equal(0, state.Positions[1].CostE8);
        Assert.Equal((UInt128)2_000_000_000_000_000_000, Design.Accounts[0].Balances[0].AmountRaw);
        Assert.True(MarginDomain.IsHeader(Design.Checkpoint.Header) && Design.Checkpoint.Collaterals.All(MarginDomain.IsCollateral) && Design.Checkpoint.Underlyings.All(MarginDomain.IsUnderlying));
    }

    /// <summary>By the clock, unless the book says what was observed of the settlement window.</summary>
    [Theory]
    [InlineData("2020-03-12T10:00:00Z", "", 1800)]
    [InlineData("2020-03-27T07:50:00Z", "", 600)]
    [InlineData("2020-03-27T07:50:00Z", ", \"followSeconds\": 1361", 1361)]
    public void Parse_FollowSeconds_AreTheBooksOrTheClocks(string time, string named, long expected)
    {
        string text = Books.Small().Replace("2020-03-12T10:00:00Z", time, StringComparison.Ordinal).Replace("\"0.9\"", "\"0.9\"" + named, StringComparison.Ordinal);

        Assert.Equal(expected, BookFile.Parse(text).Checkpoint.Underlyings[0].Expiries[0].FollowSeconds);
    }

    [Fact]
    public void Parse_LeftOut_HasTheDefaultsOfTheConstants()
    {
        Book book = BookFile.Parse(Books.Small().Replace("\"ETH\"", "\"DOGE\"", StringComparison.Ordinal));
        UnderlyingRecord doge = book.Checkpoint.Underlyings[0];
        Assert.Equal(new RiskParameters(25_000_000, 60_000_000, 50_000_000, 1_562_500, 400_000, 7_500_000, 1_000_000, 10_000_000, 5_000_000, 10_000_000, 1_000_000, 1_000_000, 50_000_000), doge.Parameters);
        Assert.Equal(doge.SpotE8, doge.PerpetualMarkE8);
        Assert.Equal(130_000_000, book.Checkpoint.Header.InitialFactorE8);
        Assert.Equal("DOGE", book.Names.Group(doge.Group));
        Assert.Equal(810_000_000_000, doge.Expiries[0].Present.AE12);
        Assert.Equal(doge.SpotE8, doge.Expiries[0].Present.ForwardE8);
    }

    [Fact]
    public void Parse_UnderlyingsAndTokens_AreNumberedByName()
    {
        Book book = BookFile.Parse("""
            { "time": "2020-03-12T10:00:00Z", "settlementToken": "DAI", "underlyings": { "SOL": { "spot": 9 }, "BTC": { "spot": 9000, "group": "majors" } },
              "collateral": { "WBTC": { "underlying": "BTC" }, "DAI": { "price": "1.02" }, "USDC": { "price": "1.02" } } }
            """);
        Assert.Equal([9000 * One, 9 * One], book.Checkpoint.Underlyings.Select(u => u.SpotE8));
        Assert.Equal(["SOL", "majors"], [book.Names.Group(1), book.Names.Group(2)]);
        Assert.Equal([One, 102_000_000, One], book.Checkpoint.Collaterals.Select(c => c.PriceE8));
        Assert.Equal("DAI", book.Names.Token(0));
    }

    [Theory]
    [InlineData("ETH-PERP")]
    [InlineData("ETH-27MAR20")]
    [InlineData("ETH-3APR20-200.5-P")]
    [InlineData("ETH-27MAR20-0.0001-C")]
    public void Instrument_ParsedAndWritten_IsTheSame(string name) => Assert.Equal(name, Design.Names.Format(Design.Names.ParseInstrument(name, "a test")));
}
