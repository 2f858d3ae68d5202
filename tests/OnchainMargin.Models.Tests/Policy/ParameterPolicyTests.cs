using OnchainMargin.Models.Policy;

namespace OnchainMargin.Models.Tests.Policy;

public sealed class ParameterPolicyTests
{
    private static readonly PolicyOptions Options = new();
    private static readonly Corridor Wide = new(0.05, 0.30, 0.3, 1, 1000, 20_000, 0.05, 0.1);
    private static readonly PolicyParameters Before = new(0.14, 0.45, 5000, 0.05);
    private static readonly PolicyInputs Calm = new(0, 0.05, 0.05, 0.05, 0.05, 0, 0.45, 250_000);

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
            var inputs = forecaster.Observe(i * 3600L, price, 1000);
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
            return [.. Enumerable.Range(0, 3000).Select(i => forecaster.Observe(i * 3600L, price *= Math.Exp(0.01 * (random.NextDouble() - 0.5) * (i < 2500 ? 1 : later)), 1))];
        }

        var (one, other) = (Run(1), Run(10));
        Assert.Equal(one[..2500], other[..2500]);
        Assert.NotEqual(one[2999], other[2999]);
    }
}
