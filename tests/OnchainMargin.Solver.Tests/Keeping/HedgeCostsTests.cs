using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using OnchainMargin.Margin;
using OnchainMargin.Models.Data;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Solver.Keeping;
using OnchainMargin.Solver.Tests.Api;

namespace OnchainMargin.Solver.Tests.Keeping;

public sealed class HedgeCostsTests
{
    private const long One = BidModel.One;

    [Fact]
    public void Of_NoMeasuredBook_TakesTheProtocolsOwnCharge()
    {
        CheckpointInputs live = Solver.Tests.Books.Inputs(1, Solver.Tests.Books.Start, 100);

        // 50 units at 100 with slippage 1 % at a depth of 5,000 are 0.01 % of 5,000; fees 5 bps of 8,000.
        Int128 cost = HedgeCosts.OfE8(8_000 * One, [new(1, 50 * One)], 5, live);
        Assert.Equal((Int128)(4 * One) + (One / 2), cost);

        // Far beyond depth the charge ends at its cap of 10 %.
        Assert.Equal((Int128)(100_000 * One) * 100 / 10, HedgeCosts.OfE8(0, [new(1, -100_000 * One)], 0, live));
    }

    [Fact]
    public void Of_MeasuredBook_WalksItsLevelsOnTheSideThatTheHedgeTrades()
    {
        string folder = Directory.CreateTempSubdirectory("omargin-depth-").FullName;
        File.WriteAllText(Path.Combine(folder, "BTC.csv"), "side,price,qty\nb,99,10\nb,98,10\na,101,1\na,110,5\n");
        var depth = new MeasuredDepth(folder, TimeSpan.FromHours(1), ApiWorld.Record(), TimeProvider.System, NullLogger.Instance);

        // Buying two pays 1 % for the first and 10 % for the second; selling two pays 1 %.
        Assert.Equal((5_500_000, 1_000_000), (depth.SlippageE8(1, 2 * One), depth.SlippageE8(1, -2 * One)));

        // What the snapshot does not hold cannot be hedged, and an underlying without a file is not measured.
        Assert.Equal(One, depth.SlippageE8(1, 7 * One));
        Assert.Null(depth.SlippageE8(2, One));

        File.WriteAllText(Path.Combine(folder, "BTC.csv"), "side,price,qty\nb,99,10\na,101,100\n");
        File.SetLastWriteTimeUtc(Path.Combine(folder, "BTC.csv"), File.GetLastWriteTimeUtc(Path.Combine(folder, "BTC.csv")).AddSeconds(5));
        Assert.Equal(1_000_000, depth.SlippageE8(1, 7 * One));
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Whoever measured has stopped: on a day of crashes nothing of the depth of a quiet one is there.</summary>
    [Fact]
    public void SlippageE8_OfAFileThatGrewOld_IsNotMeasuredAndSaysSoOnce()
    {
        string folder = Directory.CreateTempSubdirectory("omargin-depth-").FullName;
        string file = Path.Combine(folder, "BTC.csv");
        File.WriteAllText(file, "side,price,qty\nb,99,10\na,101,10\n");
        var time = new FakeTime();
        var lines = new LogLines<KeeperRole>();
        File.SetLastWriteTimeUtc(file, time.GetUtcNow().UtcDateTime);
        var depth = new MeasuredDepth(folder, TimeSpan.FromMinutes(10), ApiWorld.Record(), time, lines);
        time.Pass(600);
        Assert.Equal(1_000_000, depth.SlippageE8(1, One));
        Assert.Empty(lines.Said);

        time.Pass(1);
        Assert.Equal((null, null), (depth.SlippageE8(1, One), depth.SlippageE8(1, -One)));
        Assert.Contains("keeper:depthMaximumAgeSeconds", Assert.Single(lines.Said), StringComparison.Ordinal);

        File.SetLastWriteTimeUtc(file, time.GetUtcNow().UtcDateTime);
        Assert.Equal(1_000_000, depth.SlippageE8(1, One));
        Directory.Delete(folder, recursive: true);
    }

    [SharedDataFact("orderbook/binance_btcusdt_depth50_2022-11-01.csv")]
    public void Of_ARecordedBook_CostsMoreThanItsSpreadAndGrowsWithSize()
    {
        // The file holds a hundred bids and no ask: one a tick above the best is added, and only selling is measured.
        string[] lines = File.ReadAllLines(TestFiles.SharedData("orderbook/binance_btcusdt_depth50_2022-11-01.csv"));
        string folder = Directory.CreateTempSubdirectory("omargin-depth-").FullName;
        string whole = Path.Combine(folder, "BTC.csv");
        File.WriteAllLines(whole, [.. lines, lines[1].Replace(",b,", ",a,", StringComparison.Ordinal).Replace("20377.00,1.770", "20377.10,1", StringComparison.Ordinal)]);
        Models.OrderFlow.DepthBook book = DepthFile.Read(whole);
        Assert.Equal((100, 1), (book.Bids.Count, book.Asks.Count));
        double small = book.Slippage(0.1, isBuy: false), large = book.Slippage(5, isBuy: false);
        Assert.InRange(small, book.Spread / 2, 0.001);
        Assert.True(large > small);
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void NetDeltas_OfAMixedAccount_AddUpPositionsAndCollateral()
    {
        CheckpointInputs live = Solver.Tests.Books.Inputs(1, Solver.Tests.Books.Start, 100);
        BookAccount account = Solver.Tests.Books.Account(1, 1_000 * One, -3 * One, 100 * One, [new Balance(1, (UInt128)2_000_000_000_000_000_000)]);
        ImmutableSortedDictionary<ushort, Int128> deltas = Liquidations.NetDeltasE8(account.State, account.Balances, live);
        Assert.Equal((Int128)(-One), Assert.Single(deltas).Value);
        Assert.Equal((Int128)(300 * One), Liquidations.GrossE8(account.State, live));
    }
}
