using OnchainMargin.Models.OrderFlow;

namespace OnchainMargin.Models.Tests.OrderFlow;

public sealed class OrderFlowTests
{
    private const string File = "orderbook/binance_btcusdt_depth50_2022-11-01.csv";

    [Fact]
    public void DepthBook_KnownLevels_HasTheirMeasures()
    {
        var book = new DepthBook([new(99, 1), new(98, 3)], [new(101, 2), new(102, 2)]);
        Assert.Equal(100, book.Mid);
        Assert.Equal(0.02, book.Spread, 1e-15);
        Assert.Equal(-1.0 / 3, book.Imbalance(1), 1e-15);
        Assert.Equal(0, book.Imbalance(2), 1e-15);
        Assert.Equal(1, book.DepthWithin(0.01));
        Assert.Equal(0.0175, book.Slippage(4, isBuy: false), 1e-15);
        Assert.Equal(double.PositiveInfinity, book.Slippage(4.1, isBuy: true));
    }

    [Fact]
    public void DepthBook_Crossed_IsRefused() => Assert.Throws<ArgumentException>(() => new DepthBook([new(101, 1)], [new(100, 1)]));

    [Fact]
    public void Fit_BookOfAPowerLaw_FindsItsExponent()
    {
        // Marginal slippage 0.001·√q gives an average of two thirds of it.
        BookLevel[] asks = [.. Enumerable.Range(0, 10_000).Select(i => new BookLevel(100 * (1 + (0.001 * Math.Sqrt((i + 0.5) * 0.01))), 0.01))];
        var curve = SlippageCurve.Fit(new DepthBook([new(100 * (1 - 1e-9), 1)], asks), isBuy: true);
        Assert.Equal(0.5, curve.Exponent, 0.03);
        Assert.Equal(0.001 * 2 / 3, curve.Coefficient, 0.0001);
        Assert.True(curve.RSquared > 0.99);
        Assert.Equal(0.004, curve.At(curve.DepthAt(0.004)), 1e-12);
    }

    [SharedDataFact(File)]
    public void Fit_RealBook_ExplainsItsSlippage()
    {
        var rows = TestFiles.Rows(File);

        // The file holds a hundred bids and no ask: the best ask is taken one tick above, so only selling can be measured.
        BookLevel[] bids = [.. rows.Select(r => new BookLevel(double.Parse(r["price"]), double.Parse(r["qty"])))];
        var book = new DepthBook(bids, [new(bids.Max(b => b.Price) + 0.1, 1)]);
        Assert.Equal(100, book.Bids.Count);
        var curve = SlippageCurve.Fit(book, isBuy: false);
        Assert.True(curve.RSquared > 0.9, $"R² {curve.RSquared}");
        Assert.InRange(curve.Exponent, 0.2, 1.5);
        var half = bids.Sum(l => l.Quantity) / 2;
        Assert.InRange(curve.At(half) / book.Slippage(half, isBuy: false), 0.6, 1.7);
    }
}
