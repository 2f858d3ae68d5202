using OnchainMargin.Cli.Demo;

namespace OnchainMargin.Cli.Tests.Demo;

public sealed class PricePathTests
{
    [Fact]
    public void Snapshots_OfTheCrash_AreWhatTheTableSays()
    {
        IReadOnlyList<PricePoint> snapshots = PricePath.Snapshots();

        Assert.Equal(63, snapshots.Count);
        Assert.Equal(8_903_547_000_000, snapshots[0].BtcE8);
        Assert.Equal(6_385_846_000_000, snapshots.Min(point => point.BtcE8));
        Assert.Equal(187_393_000_000, snapshots.Min(point => point.EthE8));
        Assert.Equal(snapshots.OrderBy(point => point.Time), snapshots);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Steps_BetweenSnapshots_KeepTheSnapshotsAndRiseInTime(int steps)
    {
        IReadOnlyList<PricePoint> snapshots = PricePath.Snapshots();

        List<PricePoint> path = [.. PricePath.Steps(snapshots, steps)];

        Assert.Equal(((snapshots.Count - 1) * steps) + 1, path.Count);
        Assert.Equal(snapshots, path.Where((_, i) => i % steps == 0));
        Assert.All(path.Zip(path.Skip(1)), pair => Assert.True(pair.First.Time < pair.Second.Time));
    }

    [Fact]
    public void Steps_InTheMiddle_AreHalfWay()
    {
        PricePoint[] two = [new(DateTimeOffset.UnixEpoch, 100, 10), new(DateTimeOffset.UnixEpoch.AddHours(2), 200, 0)];

        Assert.Equal(new PricePoint(DateTimeOffset.UnixEpoch.AddHours(1), 150, 5), PricePath.Steps(two, 2).ElementAt(1));
    }
}
