using OnchainMargin.Oracle;
using Xunit.Abstractions;

namespace OnchainMargin.Margin.Tests.Properties;

/// <summary>The attack search of docs/margin-search.md: a short pinned run in CI, SEARCH_MARKETS, SEARCH_STEPS and SEARCH_SEED for a longer one (scripts/search.sh).</summary>
public sealed class LossSearchTests(ITestOutputHelper output)
{
    [Fact]
    public void Portfolios_AtAnyPriceWithinTheRange_LoseNoMoreThanTheirRequirement()
    {
        int markets = TestSettings.Number("SEARCH_MARKETS", 3);
        int steps = TestSettings.Number("SEARCH_STEPS", 2);
        int seed = TestSettings.Number("SEARCH_SEED", 1);
        double worst = 0;
        double worstFall = 0;
        double worstRise = 0;
        double worstBeyond = 0;
        List<string> beyond = [];
        for (int i = 0; i < markets; i++)
        {
            Finding finding = new LossSearch((seed * 100_003) + i).Climb(steps);
            double certified = LossSearch.Certify(finding);
            worst = Math.Max(worst, certified);
            (double fall, string whereFalling) = Between(finding.Market, -1);
            (double rise, string whereRising) = Between(finding.Market, 1);
            (double beyondLoss, string whereBeyond) = Certified(LossSearch.WorstBeyond(finding.Market));
            worstBeyond = Math.Max(worstBeyond, beyondLoss);
            worstFall = Math.Max(worstFall, fall);
            worstRise = Math.Max(worstRise, rise);
            string line = $"market {i}: search {finding.Ratio:F3}, certified {certified:F3} at q {finding.Q}, v {finding.V}, after {finding.Elapsed} s; beyond the range, weighted, {beyondLoss:F3} at {whereBeyond}; "
                + $"between the shocks {fall:F3} at {whereFalling} and {rise:F3} at {whereRising}; {Describe(finding)}";
            Log(line);
            if (certified > 1)
            {
                beyond.Add(line);
            }
        }

        Log($"{markets} markets, {steps} steps each, seed {seed}: largest certified loss {worst:F3} of max(IM, floor); between the shocks, where no scenario is, {worstFall:F3} down, {worstRise:F3} up; beyond the range, weighted, {worstBeyond:F3}");
        Assert.Empty(beyond);
    }

    /// <summary>A search that cannot find is no search: with the requirement of scenarios alone it finds a hole near expiry, with the whole requirement none in the same market.</summary>
    [Fact]
    public void Search_OfAKnownHole_FindsIt()
    {
        SearchedCall[] calls = [.. Enumerable.Range(0, 9).Select(i => new SearchedCall(7200, 1.04 + (0.005 * i), 0.6, 1))];
        var market = new SearchMarket(0.16, 0.5, 0.5, 0.01, calls);
        Assert.True(LossSearch.Worst(market, between: false).Ratio > 1);
        Assert.InRange(LossSearch.Worst(market).Ratio, 0.7, 1);
    }

    private static (double Loss, string Where) Between(SearchMarket market, int direction) =>
        Certified(LossSearch.Worst(market, shocks: [.. LossSearch.BetweenShocks.Select(part => direction * part)]));

    private static (double Loss, string Where) Certified(Finding worst) => (LossSearch.Certify(worst) * LossSearch.WeightAt(worst.Q), $"q {worst.Q}, v {worst.V:F2}");

    private static string Describe(Finding finding) => string.Join(", ", finding.Market.Options.GroupBy(option => option.Tau).Select(group => $"τ {group.Key / 86_400:F3} d σ {group.First().Volatility}"));

    private void Log(string line)
    {
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("SEARCH_LOG") is { } log)
        {
            File.AppendAllText(log, line + "\n");
        }
    }
}
