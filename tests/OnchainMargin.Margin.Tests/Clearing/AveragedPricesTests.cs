namespace OnchainMargin.Margin.Tests.Clearing;

public sealed class AveragedPricesTests
{
    private const long One = 100_000_000;
    private static readonly UnderlyingRecord Still = Sample.Underlying(1, 90_000 * One, Sample.Expiry(86_400, 90_900 * One));

    [Fact]
    public void Of_AMarketAtItsAverage_IsItself() => Assert.Same(Still, AveragedPrices.Of(Sample.Checkpoint(Still)).Underlyings[0]);

    [Fact]
    public void Of_AMarketAboveItsAverage_MovesEveryPriceAndNothingElse()
    {
        UnderlyingRecord pumped = Still with { SpotE8 = 99_000 * One, PerpetualMarkE8 = 99_010 * One, Expiries = [Sample.Expiry(86_400, 99_990 * One)] };

        UnderlyingRecord averaged = AveragedPrices.Of(Sample.Checkpoint(pumped)).Underlyings[0];

        Assert.Equal(90_000 * One, averaged.SpotE8);
        Assert.Equal(90_010 * One, averaged.PerpetualMarkE8);
        ExpiryRecord expiry = Assert.Single(averaged.Expiries);
        Assert.Equal(90_900 * One, expiry.Present.ForwardE8);
        Assert.Equal(expiry.Present, expiry.Delayed);
        Assert.Equal(99_990 * One, expiry.Present.PublishedForwardE8);
        Assert.Equal(pumped.Parameters, averaged.Parameters);
        Assert.Equal(pumped.AverageSpotE8, averaged.AverageSpotE8);
    }

    /// <summary>In the settlement window, and after it until the price is fixed, what follows the spot moves and no more; the clock says nothing of it.</summary>
    [Theory]
    [InlineData(600, 1800, 85_500)]
    [InlineData(600, 900, 90_000)]
    [InlineData(600, 0, 95_000)]
    [InlineData(-60, 900, 90_000)]
    public void Of_AnExpiryInItsWindow_MovesByWhatFollowsTheSpot(long tau, long follow, long forward)
    {
        UnderlyingRecord pumped = Still with { SpotE8 = 100_000 * One, Expiries = [Sample.Expiry(tau, 95_000 * One) with { FollowSeconds = follow }] };

        ExpiryRecord averaged = AveragedPrices.Of(Sample.Checkpoint(pumped)).Underlyings[0].Expiries[0];

        Assert.Equal((forward * One, forward * One, follow), (averaged.Present.ForwardE8, averaged.Delayed.ForwardE8, averaged.FollowSeconds));
    }

    /// <summary>Its positions wait, and its tokens count for nothing.</summary>
    [Theory]
    [InlineData(MarketState.ReduceOnly)]
    [InlineData(MarketState.Halted)]
    public void Of_AMarketThatIsNotNormal_IsItself(MarketState state)
    {
        UnderlyingRecord halted = Still with { SpotE8 = 99_000 * One, MarketState = state };

        Assert.Same(halted, AveragedPrices.Of(Sample.Checkpoint(halted)).Underlyings[0]);
    }

    /// <summary>A mark that lies far under a pumped spot stays a price.</summary>
    [Fact]
    public void Of_AMarkBelowTheAveragesDistance_IsOneUnit()
    {
        UnderlyingRecord pumped = Still with { SpotE8 = 99_000 * One, PerpetualMarkE8 = One };

        Assert.Equal(1, AveragedPrices.Of(Sample.Checkpoint(pumped)).Underlyings[0].PerpetualMarkE8);
    }
}
