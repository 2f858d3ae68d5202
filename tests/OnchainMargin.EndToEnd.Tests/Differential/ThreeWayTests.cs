using System.Diagnostics;
using OnchainMargin.Ethereum;
using OnchainMargin.Oracle;
using Xunit.Abstractions;

namespace OnchainMargin.EndToEnd.Tests.Differential;

/// <summary>
/// Oracle, engine and referee on random accounts, every number to the last unit. DIFFERENTIAL_COUNT, DIFFERENTIAL_SEED and DIFFERENTIAL_FIRST set the run (scripts/differential.sh); without them it is the pinned run of CI.
/// </summary>
public sealed class ThreeWayTests(RefereeNode node, ITestOutputHelper output) : IClassFixture<RefereeNode>
{
    private const int CountInCi = 2000;
    private const int EdgesInCi = 320;
    private const int SeedInCi = 20_261_120;
    private const int AccountsPerMarket = 4;
    private const int AccountsPerCall = 16;

    /// <summary>Every so manieth account of any size is asked for its standard margin too; those of few positions always are.</summary>
    private const int StandardEvery = 7;

    [RefereeFact]
    public Task RandomAccounts_ThreeWays_AreEqual() => RunAsync(CountInCi, seed => new AccountGenerator(seed), StandardEvery);

    /// <summary>What one position leaves behind for the next shows where neighbours are of different kinds, and in what each needs alone: all are asked for their standard margin.</summary>
    [RefereeFact]
    public Task EdgeAccounts_ThreeWays_AreEqual() => RunAsync(EdgesInCi, seed => new EdgeGenerator(seed), 1);

    /// <summary>Time to expiry, volatility, range and size at their edges, each with each, strikes at every node.</summary>
    [RefereeFact]
    public async Task BoundaryAccounts_ThreeWays_AreEqual()
    {
        List<string> differences = [];
        int count = 0;
        foreach (AccountInputs[] batch in BoundaryAccounts.All().Chunk(AccountsPerCall))
        {
            List<RefereeCase> cases = [.. batch.Select(inputs => Boundary($"boundary account {count++}", inputs))];
            differences.AddRange(cases.SelectMany(one => one.Compute(node)));
            differences.AddRange(await AskAsync(cases));
        }

        Assert.True(count > 300);
        Assert.Empty(differences);
    }

    private static RefereeCase Boundary(string name, AccountInputs inputs)
    {
        AccountReport report = AccountRules.Evaluate(inputs);
        Position fill = inputs.State.Positions[^1];
        return new RefereeCase(name, inputs, report, WitnessRules.Best(report), fill.Instrument, fill.SizeE8, standardAlways: false);
    }

    private static List<RefereeCase> Batch(AccountGenerator generator, int seed, int first, int count, Tally tally, int standardEvery)
    {
        List<RefereeCase> cases = [];
        for (int i = 0; i < count; i++)
        {
            Checkpoint market = generator.Market();
            for (int j = 0; j < AccountsPerMarket && i < count; j++, i++)
            {
                AccountInputs inputs = generator.Account(market);
                AccountReport report = AccountRules.Evaluate(inputs);
                tally.Add(inputs, report);
                byte[] witness = j % 2 == 0 ? WitnessRules.Best(report) : generator.Witness(report);
                cases.Add(new RefereeCase($"seed {seed} account {first + i}", inputs, report, witness, generator.Instrument(market.Underlyings[^1]), generator.FillSize(), (first + i) % standardEvery == 0));
            }

            i--;
        }

        return cases;
    }

    private async Task RunAsync(int countInCi, Func<int, AccountGenerator> generate, int standardEvery)
    {
        int count = TestSettings.Number("DIFFERENTIAL_COUNT", countInCi);
        int seed = TestSettings.Number("DIFFERENTIAL_SEED", SeedInCi);
        int from = TestSettings.Number("DIFFERENTIAL_FIRST", 0) / AccountsPerCall * AccountsPerCall;
        long began = Stopwatch.GetTimestamp();
        var tally = new Tally();
        Task<IReadOnlyList<string>> asked = Task.FromResult<IReadOnlyList<string>>([]);
        List<string> differences = [];

        // Each batch has a generator of its own, so that any batch can be run again alone, and a long run in parts. The node works on one batch while the next is computed.
        for (int first = from; first < from + count; first += AccountsPerCall)
        {
            List<RefereeCase> cases = Batch(generate(unchecked((seed * 1_000_003) + first)), seed, first, Math.Min(AccountsPerCall, from + count - first), tally, standardEvery);
            differences.AddRange(cases.SelectMany(one => one.Compute(node)));
            differences.AddRange(await asked);
            asked = AskAsync(cases);
            if (first % 4096 < AccountsPerCall)
            {
                Progress($"{first - from + cases.Count} of {count}, {differences.Count} differences, {Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s");
            }
        }

        differences.AddRange(await asked);
        Progress($"seed {seed}, accounts {from} to {from + count - 1} three ways, {tally}, {differences.Count} differences, {Stopwatch.GetElapsedTime(began).TotalSeconds:F0} s");
        foreach (string difference in differences.Take(40))
        {
            Progress(difference);
        }

        Assert.Empty(differences);
    }

    private async Task<IReadOnlyList<string>> AskAsync(List<RefereeCase> cases)
    {
        List<(Address, byte[])> calls = [.. cases.SelectMany(one => one.Calls)];
        IReadOnlyList<(bool, byte[])> answers = await node.RunAsync(calls);
        List<string> differences = [];
        int next = 0;
        foreach (RefereeCase one in cases)
        {
            differences.AddRange(one.Compare(node.Referee, [.. answers.Skip(next).Take(one.Calls.Count)]));
            next += one.Calls.Count;
        }

        return differences;
    }

    private void Progress(string line)
    {
        output.WriteLine(line);
        if (Environment.GetEnvironmentVariable("DIFFERENTIAL_LOG") is { } log)
        {
            File.AppendAllText(log, line + "\n");
        }
    }
}
