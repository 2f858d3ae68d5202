namespace OnchainMargin.Margin.Tests.Clearing;

/// <summary>What an expiry is worth in its settlement window and after it, against what it settles at.</summary>
public sealed class SettlementWindowTests
{
    private const long One = 100_000_000;
    private const long Listed = 1_800_000_000;
    private const long Expiry = Listed + 7_200;
    private const long Averaging = 1_800;
    private static readonly FeedBands Bands = new(1, 2_000_000, 10_000_000, 20_000_000, 120);

    /// <summary>Random updates, silences and halts up to some second between the window's opening and two hours after it; from then on the price stands still and is looked at each minute. The forward of that second is the price that is fixed, to the unit.</summary>
    [Theory]
    [InlineData(1, 120)]
    [InlineData(2, 400)]
    [InlineData(3, 1_500)]
    public void InsideWindow_WhereSpotStandsStill_IsThePriceThatIsFixed(int seed, int longestGap)
    {
        var random = new Random(seed);
        int early = 0, late = 0;
        for (int run = 0; run < 300; run++)
        {
            long until = Expiry - 1_800 + random.Next(9_000);
            List<SpotMarket> updates = [new SpotMarket(90_000 * One, 90_000 * One, Listed, MarketState.Normal, Listed, 0, 0)];
            long price = updates[^1].SpotE8;
            while (updates[^1].TimeSeconds < until)
            {
                bool isSilent = random.Next(8) == 0;
                price = isSilent ? price : (90_000 + random.Next(3_000)) * One;
                Add(updates, Math.Min(until, updates[^1].TimeSeconds + 1 + random.Next(longestGap)), isSilent ? 0 : price);
            }

            Add(updates, until, price);
            Assert.Equal((price, false), (updates[^1].SpotE8, updates[^1].State == MarketState.Halted));
            (long forwardE8, long followSeconds) = Forwards.InsideWindow(price, Settlements.Window(updates, Expiry, until));
            Assert.InRange(followSeconds, 0, 1_800);
            (early, late) = (early + (until < Expiry && followSeconds != Forwards.FollowSecondsByClock(Expiry, until) ? 1 : 0), late + (until >= Expiry && followSeconds > 0 ? 1 : 0));
            long fixedE8;
            while ((fixedE8 = updates[^1].TimeSeconds < Expiry ? 0 : Settlements.Fix(updates, Expiry, updates[^1].TimeSeconds).PriceE8) == 0)
            {
                Assert.Equal(forwardE8, Forwards.InsideWindow(price, Settlements.Window(updates, Expiry, updates[^1].TimeSeconds)).ForwardE8);
                Add(updates, updates[^1].TimeSeconds + 60, price);
            }

            Assert.Equal(forwardE8, fixedE8);
        }

        Assert.True(early > 30 && (longestGap < 1_000 || late > 10), $"{early} before the expiry and {late} after it differ from the clock");
    }

    /// <summary>Where every second is observed the clock alone says what follows.</summary>
    [Fact]
    public void InsideWindow_OfAMarketThatIsAlwaysObserved_IsByTheClock()
    {
        List<SpotMarket> updates = [new SpotMarket(90_000 * One, 90_000 * One, Listed, MarketState.Normal, Listed, 0, 0)];
        for (long time = Listed + 60; time <= Expiry; time += 60)
        {
            Add(updates, time, 90_000 * One);
            Assert.Equal((90_000 * One, Forwards.FollowSecondsByClock(Expiry, time)), Forwards.InsideWindow(90_000 * One, Settlements.Window(updates, Expiry, time)));
        }
    }

    private static void Add(List<SpotMarket> updates, long time, long price) =>
        updates.Add(updates[^1].Next(new Observation(price, price == 0 ? 0 : 1, price == 0 ? 0 : 1), Bands, time, Averaging, out _));
}
