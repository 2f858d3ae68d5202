using OnchainMargin.Margin;
using OnchainMargin.Models.Backtesting;
using OnchainMargin.Models.Cascades;

namespace OnchainMargin.Models.Tests.Cascades;

public sealed class CascadeTests
{
    private static readonly StaticParameters Parameters = new(
        new RiskParameters(16_000_000, 50_000_000, 50_000_000, 1_000_000, 400_000, 7_500_000, 1_000_000, 10_000_000, 5_000_000, 10_000_000, 1_000_000, 1_000_000, 50_000_000), 500_000_000_000, 5_000_000);

    private static readonly CascadeOptions Options = new() { Accounts = 200 };

    private static double[] Fall(double to) => [.. Enumerable.Range(0, 73).Select(i => 200 * (1 - ((1 - to) * Math.Min(i, 48) / 48)))];

    [Fact]
    public void Run_NothingHappens_LeavesEverythingAsItWas()
    {
        var results = new Cascade(Fall(1), 600, Parameters, Options).Run();
        Assert.All(results, r => Assert.Equal((0, 0, 0.0, 0.0), (r.Liquidated, r.Lost, r.WorstImpact, r.BadDebt)));
        Assert.Equal(results[0].EquityLeft, results[1].EquityLeft, 1e-12);
    }

    [Fact]
    public void Run_ACrash_DumpingPushesThePriceFurtherThanAuctions()
    {
        var results = new Cascade(Fall(0.6), 600, Parameters, Options).Run();
        var (dumping, auction) = (results[0], results[1]);
        Assert.True(dumping.Liquidated > 20);
        Assert.True(dumping.WorstImpact > auction.WorstImpact, $"{dumping.WorstImpact} {auction.WorstImpact}");
        Assert.True(dumping.Lost > auction.Lost);
        Assert.True(dumping.Prices.Min() < auction.Prices.Min());
        Assert.All(dumping.Sold.Zip(dumping.Sold.Skip(1)), p => Assert.True(p.Second >= p.First));
    }

    [Fact]
    public void Run_NoKeeperHasCapital_NothingIsSoldAndDebtIsNotHidden()
    {
        var auction = new Cascade(Fall(0.4), 600, Parameters, Options with { KeeperCapital = 0 }).Run()[1];
        Assert.Equal(0, auction.Sold[^1]);
        Assert.True(auction.Liquidated > 0);
        Assert.Equal(0, auction.Lost);
    }

    [Fact]
    public void Run_SameSeed_IsTheSame()
    {
        var first = new Cascade(Fall(0.7), 600, Parameters, Options).Run();
        var second = new Cascade(Fall(0.7), 600, Parameters, Options).Run();
        Assert.Equal(first[1].Prices, second[1].Prices);
    }

    [Fact]
    public void AveragePrice_AShortAfterALong_BuysWhatTheLongPressedDown()
    {
        // Depth 1,000: a hundred units move the price by 0.1 %.
        Assert.Equal(199.9, Cascade.AveragePrice(200, 0, 100, 1000), 1e-12);
        Assert.Equal(200.1, Cascade.AveragePrice(200, 0, -100, 1000), 1e-12);

        // The short buys back along the way that the long sold: at the long's own price, below the one that both began at.
        Assert.Equal(199.9, Cascade.AveragePrice(200, 100, -100, 1000), 1e-12);
        Assert.Equal(199.5, Cascade.AveragePrice(200, 300, -100, 1000), 1e-12);
        Assert.Equal(200.5, Cascade.AveragePrice(200, -300, 100, 1000), 1e-12);
    }

    [Fact]
    public void Construct_OnePrice_IsRefused() => Assert.Throws<ArgumentException>(() => new Cascade([1], 600, Parameters, Options));
}
