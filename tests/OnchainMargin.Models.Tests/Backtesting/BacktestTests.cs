using System.Globalization;
using System.Text;
using OnchainMargin.Margin;
using OnchainMargin.Models.Backtesting;
using OnchainMargin.Models.Data;

namespace OnchainMargin.Models.Tests.Backtesting;

public sealed class BacktestTests : IDisposable
{
    private const long Start = 1_600_000_000 / 3600 * 3600;

    private static readonly StaticParameters Parameters = new(
        new RiskParameters(14_000_000, 45_000_000, 50_000_000, 1_000_000, 400_000, 7_500_000, 1_000_000, 10_000_000, 5_000_000, 10_000_000, 1_000_000, 1_000_000, 50_000_000), 500_000_000_000, 5_000_000);

    private readonly string _folder = Directory.CreateTempSubdirectory("omargin-backtest-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Run_OneCrash_BreachesTheLongAndNotTheShort()
    {
        // Flat but for a fall of 30 % in the hour 60: the 24 starts before it lose that over a day, the last of them over an hour.
        var market = Market(i => i < 60 ? 100 : 70, 200);
        var results = Run(market, new BacktestOptions());
        var longer = results.Single(r => r.Portfolio == "X long perpetual");
        var shorter = results.Single(r => r.Portfolio == "X short perpetual");
        Assert.Equal([1, 4, 24], longer.Breaches.Select(b => b.Maintenance));
        Assert.Equal(200 - 24, longer.Breaches[2].Observations);
        Assert.Equal(0.3 - 0.14, longer.Breaches[2].WorstShortfall, 3e-3);
        Assert.All(shorter.Breaches, b => Assert.Equal(0, b.Maintenance));
        Assert.Equal(0.14, longer.AverageMaintenance, 3e-3);
        Assert.Equal(0.14 * 1.3, longer.AverageInitial, 4e-3);
        Assert.Equal(1, longer.Requirement.PeakToTrough, 0.02);

        // The fall takes more than initial margin less maintenance margin, and never comes back.
        Assert.Equal(4, longer.Liquidations);
        Assert.Equal(0, longer.NeedlessLiquidations);
    }

    [Fact]
    public void Run_CrashThatRecovers_CountsNeedlessLiquidations()
    {
        var market = Market(i => i is >= 60 and < 63 ? 90 : 100, 200);
        var longer = Run(market, new BacktestOptions()).Single(r => r.Portfolio == "X long perpetual");
        Assert.True(longer.Liquidations > 0);
        Assert.Equal(longer.Liquidations, longer.NeedlessLiquidations);
        Assert.Equal(0, longer.Breaches[2].Maintenance);
    }

    [Fact]
    public void Run_ABox_LosesNothingAndSavesAlmostAll()
    {
        var random = new Random(3);
        double price = 100;
        var market = Market(_ => price *= Math.Exp(0.02 * (random.NextDouble() - 0.5)), 200);
        var box = Run(market, new BacktestOptions { From = Start + (72 * 3600) }).Single(r => r.Portfolio == "X box");
        Assert.All(box.Breaches, b => Assert.Equal(0, b.Initial));
        Assert.True(box.Saving > 0.9);
        Assert.Equal(200 - 71, box.Breaches[0].Observations + 1);
    }

    [Fact]
    public void Market_TheFutureChanged_LeavesSurfacesAsTheyWere()
    {
        var one = Market(i => i < 100 ? 100 + (i % 7) : 100, 150);
        var other = Market(i => i < 100 ? 100 + (i % 7) : 300, 150);
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(one.Surface(0, i, one.Expiry(0, i, 28)), other.Surface(0, i, other.Expiry(0, i, 28)));
        }

        Assert.NotEqual(one.Surface(0, 120, one.Expiry(0, 120, 28)), other.Surface(0, 120, other.Expiry(0, 120, 28)));
    }

    [Fact]
    public void Market_OfTheModel_IsInTheDomainAndInnocentOfButterflies()
    {
        var market = Market(i => i < 60 ? 100 : 30, 200);
        foreach (var days in (double[])[0.1, 1, 7, 28, 84, 365])
        {
            for (var i = 0; i < 200; i += 9)
            {
                var surface = market.Surface(0, i, market.Expiry(0, i, days));
                Assert.True(MarginDomain.IsSurface(surface));
                var years = days / 365;
                var slice = new Models.Surfaces.SviSlice(surface.AE12 / 1e12 * years, surface.BE12 / 1e12 * years, surface.RhoE8 / 1e8, surface.ME8 / 1e8, surface.SigmaE8 / 1e8);
                Assert.True(slice.IsFreeOfButterflies, $"{days} days at {i}: {slice}");
            }
        }
    }

    [Fact]
    public void Run_NoMomentInTheSpan_IsRefused() => Assert.Throws<ArgumentException>(() => Run(Market(_ => 100, 50), new BacktestOptions { From = long.MaxValue }));

    [Fact]
    public void Statistics_SpikeInADailySeries_IsItsPeakAndItsRises()
    {
        var cycle = BacktestStatistics.Cycle([1, 1, 1.5, 2, 4, 2, 1]);
        Assert.Equal(4, cycle.PeakToTrough);
        Assert.Equal(1, cycle.RiseOneDay, 1e-12);
        Assert.Equal(3, cycle.RiseFiveDays, 1e-12);
    }

    [SharedDataFact("options/deribit_chain_6h_2026-01-28_2026-02-12.csv.gz")]
    public void Run_RealChain_MarginsEveryPortfolioOfBothUnderlyings()
    {
        var snapshots = ChainFile.Read(TestFiles.SharedData("options/deribit_chain_6h_2026-01-28_2026-02-12.csv.gz"));
        Assert.Equal(63, snapshots.Count);
        var market = new ChainMarket([.. snapshots.Take(8)]);
        var results = Backtest.Run(
            market, BacktestPortfolio.All(market), [ParameterTrack.Static(market, [Parameters, Parameters])], new BacktestOptions { Horizons = [6, 12, 24] });
        Assert.Equal(27, results.Count);
        Assert.All(results, r => Assert.True(r.AverageMaintenance > 0 && r.Breaches[2].Observations > 0));
        Assert.All(BacktestPortfolio.All(market)[12].At(market, 3).State.Positions, p => Assert.True(p.Instrument.IsValid));
    }

    private static IReadOnlyList<PortfolioResult> Run(PriceMarket market, BacktestOptions options) =>
        Backtest.Run(market, BacktestPortfolio.All(market), [ParameterTrack.Static(market, [Parameters])], options);

    private PriceMarket Market(Func<int, double> price, int hours)
    {
        var text = new StringBuilder("timestamp,open,high,low,close,volume\n");
        for (var i = 0; i < hours; i++)
        {
            var p = price(i).ToString("R", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{Start + (3600L * i)},{p},{p},{p},{p},10\n");
        }

        var path = Path.Combine(_folder, $"x_{Guid.NewGuid():N}.csv");
        File.WriteAllText(path, text.ToString());
        return new PriceMarket([PriceFile.Read(path)]);
    }
}
