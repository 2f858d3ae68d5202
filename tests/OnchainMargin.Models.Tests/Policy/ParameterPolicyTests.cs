using OnchainMargin.Models.Policy;

namespace OnchainMargin.Models.Tests.Policy;

public sealed class ParameterPolicyTests
{
    private static readonly PolicyOptions Options = new();
    private static readonly Corridor Wide = new(new(0.05, 0.30), new(0.3, 1), new(1000, 20_000), new(0.05, 0.1), new(0.002, 0.02), new(0.05, 0.2));
    private static readonly PolicyParameters Before = new(0.14, 0.45, 5000, 0.05, 0.004, 0.1);
    private static readonly PolicyInputs Calm = new(0, 0.05, 0.05, 0.05, 0.05, 0, 0.45, 0.02, 250_000, new ChargeInputs(0.004, 0.004, 0), new ChargeInputs(0.045, 0.045, 0));

    [Fact]
    public void Decide_Storm_RaisesByOneStepAnHourAndNotBeyondTheCorridor()
    {
        var storm = Calm with { Filtered = 0.9 };
        Assert.Equal(0.14 * 1.05, ParameterPolicy.Decide("X", Options, Wide, storm, Before).After.Range, 1e-12);
        var late = ParameterPolicy.Decide("X", Options, Wide, storm, Before, hours: 100).After.Range;
        Assert.Equal(0.30, late, 1e-12);
    }

    [Fact]
    public void Decide_CalmAfterStorm_LowersSlowlyAndNotInStress()
    {
        Assert.Equal(0.14 * 0.999, ParameterPolicy.Decide("X", Options, Wide, Calm, Before).After.Range, 1e-12);
        var held = ParameterPolicy.Decide("X", Options, Wide, Calm with { StressChance = 0.9 }, Before);
        Assert.Equal(0.14, held.After.Range);
        Assert.Contains("nothing is lowered in stress", held.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_RisingForecast_SpendsTheBufferBeforeItRaises()
    {
        // In calm the buffer of a quarter stands over the slow forecast: a fast one a fifth higher changes nothing.
        var calm = ParameterPolicy.Decide("X", Options, Wide, Calm with { Filtered = 0.1, Slow = 0.1, Stressed = 0.1 }, Before);
        var rising = ParameterPolicy.Decide("X", Options, Wide, Calm with { Filtered = 0.12, Slow = 0.1, Stressed = 0.1 }, Before);
        var spent = ParameterPolicy.Decide("X", Options, Wide, Calm with { Filtered = 0.14, Slow = 0.1, Stressed = 0.1 }, Before);
        Assert.Equal(0.125, calm.Target.Range, 1e-12);
        Assert.Equal(0.125, rising.Target.Range, 1e-12);
        Assert.Equal(0.14, spent.Target.Range, 1e-12);
        Assert.Contains("spent", spent.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_LongLookBack_IsNeverUndercut() =>
        Assert.Equal(0.2, ParameterPolicy.Decide("X", Options, Wide, Calm with { Floor = 0.2 }, Before).Target.Range);

    [Fact]
    public void Decide_ThinMarket_LowersDepthFastAndDeepensItSlowly()
    {
        Assert.Equal(5000 * 0.95, ParameterPolicy.Decide("X", Options, Wide, Calm with { DailyVolume = 0 }, Before).After.Depth, 1e-9);
        Assert.Equal(5000 * 1.001, ParameterPolicy.Decide("X", Options, Wide, Calm with { DailyVolume = 1e9 }, Before).After.Depth, 1e-9);
    }

    [Fact]
    public void Decide_WildMarket_TakesLessOfTheVolumeForDepth()
    {
        // The square-root law at a deviation of 20 % a day: (0.01/0.2)² = 1/400 of 2,000,000 units.
        var wild = Calm with { DailyVolume = 2_000_000, Deviation = 0.2 };
        Assert.Equal(5000, ParameterPolicy.Decide("X", Options, Wide, wild, Before).Target.Depth, 1e-9);
        Assert.Equal(40_000, ParameterPolicy.Decide("X", Options, Wide, wild with { Deviation = 0.05 }, Before).Target.Depth, 1e-9);
    }

    [Fact]
    public void Decide_NothingRecorded_KeepsDepthAndCharges()
    {
        var after = ParameterPolicy.Decide("X", Options, Wide, Calm with { DailyVolume = null, Basis = null, Vega = null }, Before).After;
        Assert.Equal((5000, 0.004, 0.1), (after.Depth, after.Basis, after.Vega));
    }

    [Fact]
    public void Decide_PremiumsApart_RaisesTheBasisChargeFastAndLowersItSlowly()
    {
        // Three quarters of the week's 0.8 % and a quarter of the worst period's 1.6 %.
        var apart = ParameterPolicy.Decide("X", Options, Wide, Calm with { Basis = new ChargeInputs(0.008, 0.003, 0.016) }, Before);
        Assert.Equal(0.010, apart.Target.Basis, 1e-12);
        Assert.Equal(0.004 * 1.05, apart.After.Basis, 1e-12);
        Assert.Contains("basis charge raised: the last week and the worst period", apart.Reason, StringComparison.Ordinal);
        var quiet = ParameterPolicy.Decide("X", Options, Wide, Calm with { Basis = new ChargeInputs(0.001, 0.003, 0.001) }, Before);
        Assert.Equal(0.004 * 0.999, quiet.After.Basis, 1e-12);
        Assert.Contains("basis charge lowered: the long look-back binds", quiet.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Decide_TermStructureTwists_AsksForThatPartOfTheVolatilityRange()
    {
        var twisted = ParameterPolicy.Decide("X", Options, Wide, Calm with { Vega = new ChargeInputs(0.01, 0.072, 0.02) }, Before);
        Assert.Equal(0.072 / 0.45, twisted.Target.Vega, 1e-12);
        Assert.Equal(0.105, twisted.After.Vega, 1e-12);
    }

    [Fact]
    public void Decide_Stress_LowersNothing()
    {
        var stressed = Calm with { StressChance = 0.9, VolMove = 0.3, DailyVolume = 1e9, Basis = new ChargeInputs(0.001, 0.001, 0.001), Vega = new ChargeInputs(0.01, 0.01, 0.01) };
        Assert.Equal(Before, ParameterPolicy.Decide("X", Options, Wide, stressed, Before).After);
    }

    [Fact]
    public void Decide_ThroughADay_GoesAsFarAsTheDayAllows()
    {
        var storm = Calm with { Filtered = 0.9, DailyVolume = 0, Basis = new ChargeInputs(1, 1, 1), Vega = new ChargeInputs(1, 1, 1) };
        var calm = Calm with { DailyVolume = 1e9, Basis = new ChargeInputs(0, 0, 0), Vega = new ChargeInputs(0, 0, 0) };
        PolicyParameters Day(PolicyInputs inputs)
        {
            var now = Before;
            for (var i = 0; i < 24; i++)
            {
                now = ParameterPolicy.Decide("X", Options, Wide, inputs, now, 1, Before).After;
            }

            return now;
        }

        var (up, down) = (Day(storm), Day(calm));
        Assert.Equal(0.14 * 1.25, up.Range, 1e-12);
        Assert.Equal(5000 * 0.75, up.Depth, 1e-9);
        Assert.Equal(0.005, up.Basis, 1e-12);
        Assert.Equal(0.125, up.Vega, 1e-12);
        Assert.Equal(0.14 * 0.98, down.Range, 1e-12);
        Assert.Equal(5000 * 1.02, down.Depth, 1e-9);
        Assert.Equal(0.004 * 0.98, down.Basis, 1e-12);
        Assert.Equal(0.098, down.Vega, 1e-12);
    }

    [Fact]
    public void FirstDifference_ReplayedLog_IsTheSameAndATamperedOneIsFound()
    {
        var forecaster = new MarketForecaster(Options);
        var random = new Random(4);
        var log = new List<PolicyDecision>();
        double price = 100;
        var now = Before;
        for (var i = 0; i < 24 * 400; i++)
        {
            price *= Math.Exp((i is > 5000 and < 5100 ? 0.03 : 0.006) * (random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 2);
            var inputs = forecaster.Observe(Hour(i, price));
            if (forecaster.IsReady)
            {
                log.Add(ParameterPolicy.Decide("X", Options, Wide, inputs, now));
                now = log[^1].After;
            }
        }

        Assert.Equal(-1, ParameterPolicy.FirstDifference(log, Options, Wide));
        var storm = log.Where(d => d.Inputs.Time / 3600 is > 5000 and < 5150).Max(d => d.After.Range);
        var before = log.Last(d => d.Inputs.Time / 3600 <= 5000).After.Range;
        Assert.True(storm > before * 1.2, $"the storm raised the range from {before} to {storm}");
        log[700] = log[700] with { After = log[700].After with { Range = log[700].After.Range * 1.01 } };
        Assert.Equal(700, ParameterPolicy.FirstDifference(log, Options, Wide));
    }

    [Fact]
    public void Observe_TheFutureChanged_LeavesThePastAsItWas()
    {
        PolicyInputs[] Run(double later)
        {
            var forecaster = new MarketForecaster(Options);
            var random = new Random(9);
            double price = 100;
            return [.. Enumerable.Range(0, 3000).Select(i => forecaster.Observe(Hour(i, price *= Math.Exp(0.01 * (random.NextDouble() - 0.5) * (i < 2500 ? 1 : later)))))];
        }

        var (one, other) = (Run(1), Run(10));
        Assert.Equal(one[..2500], other[..2500]);
        Assert.NotEqual(one[2999], other[2999]);
    }

    [Fact]
    public void Observe_FirstReady_KnowsFloorAndVolMove()
    {
        var forecaster = new MarketForecaster(Options);
        var random = new Random(3);
        double price = 100;
        PolicyInputs inputs = default;
        for (var i = 0; !forecaster.IsReady; i++)
        {
            inputs = forecaster.Observe(Hour(i, price *= Math.Exp(0.01 * (random.NextDouble() - 0.5))));
        }

        // The first hour has no return, a move needs a day, and ten days of moves are asked for: what is decided on is counted by then, not zero.
        Assert.Equal((1 + 24 + 240 - 1) * 3600L, inputs.Time);
        Assert.InRange(inputs.Floor, 0.001, 0.24);
        Assert.InRange(inputs.VolMove, 0.001, 10);
        Assert.True(inputs.Stressed >= inputs.Floor, $"{inputs.Stressed} {inputs.Floor}");
    }

    /// <summary>A feed stands until its heartbeat in the first hour, or that hour is any other: the month after knows moves of some three deviations a day, not of thousands.</summary>
    [Fact]
    public void Observe_AnyFirstHour_LeavesQuantilesAsTheMonthHasThem()
    {
        var quantiles = new List<double>();
        for (var seed = 0; seed < 20; seed++)
        {
            var forecaster = new MarketForecaster(Options);
            var random = new Random(seed);
            double price = 100;
            PolicyInputs inputs = forecaster.Observe(Hour(0, price));
            for (var i = 1; i < 30 * 24; i++)
            {
                var gaussian = Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
                inputs = forecaster.Observe(Hour(i, price *= Math.Exp(i == 1 ? seed * 0.0002 : 0.006 * gaussian)));
                Assert.True(!forecaster.IsReady || inputs.Filtered < 0.25, $"seed {seed}, hour {i}: {inputs.Filtered}");
            }

            quantiles.Add(Math.Max(inputs.Filtered, inputs.Slow) / inputs.Deviation);
            Assert.InRange(inputs.VolMove, 0, 0.6);
        }

        Assert.All(quantiles, static quantile => Assert.InRange(quantile, 1.5, 4));
        Assert.InRange(quantiles.Average(), 2, 3.5);
    }

    [Fact]
    public void Observe_AYearOfOnePrice_KeepsOn()
    {
        var forecaster = new MarketForecaster(Options);
        PolicyInputs inputs = default;
        for (var i = 0; i < 24 * 300; i++)
        {
            inputs = forecaster.Observe(Hour(i, 100));
        }

        Assert.True(forecaster.IsReady);
        Assert.Equal((0, 0, 0), (inputs.Filtered, inputs.Floor, inputs.StressChance));

        // Once it moves again regimes are told apart again.
        for (var i = 24 * 300; i < 24 * 400; i++)
        {
            inputs = forecaster.Observe(Hour(i, i % 48 < 24 ? 100 : 103));
        }

        Assert.InRange(inputs.StressChance, double.Epsilon, 1);
    }

    private static MarketHour Hour(int i, double price) => new(i * 3600L, price, 1000, 0.001 * Math.Sin(i / 5.0), []);
}
