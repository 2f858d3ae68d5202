using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Parameters;

namespace OnchainMargin.Solver.Tests.Parameters;

public sealed class ParameterProposerTests
{
    [Fact]
    public void Observe_WildMarket_ProposesOneStepUpAndNamesWhomItHurts()
    {
        CheckpointInputs[] inputs = [.. Hours(300, 0.04)];
        double spot = inputs[^1].Checkpoint.Underlyings[0].SpotE8 / (double)Books.One;
        long entryE8 = inputs[^1].Checkpoint.Underlyings[0].SpotE8;

        // A long unit needs 14 % of spot; the second account has half a percent more, and the step takes 0.7.
        var safe = Books.Account(1, (long)(0.5 * spot * Books.One), Books.One, entryE8);
        var brink = Books.Account(2, (long)(0.1451 * spot * Books.One), Books.One, entryE8);
        var gone = Books.Account(3, (long)(0.05 * spot * Books.One), Books.One, entryE8);

        ParameterProposal proposal = new ParameterProposer(new ParameterOptions()).Observe(Books.Of(inputs, safe, brink, gone))!;

        Assert.Equal(inputs[^1].Id, proposal.Checkpoint);
        var decision = Assert.Single(proposal.Decisions);
        Assert.Equal(0.147, decision.After.Range, 1e-9);
        Assert.Equal(decision.Before.Depth, decision.After.Depth);
        Assert.Equal([2UL], proposal.MadeLiquidatable);
    }

    [Fact]
    public void Observe_TooLittleKnown_ProposesNothing() => Assert.Null(new ParameterProposer(new ParameterOptions()).Observe(Books.Of(Hours(200, 0.04))));

    [Fact]
    public void Observe_SameHourAgain_ProposesNothingMore()
    {
        var proposer = new ParameterProposer(new ParameterOptions());
        CheckpointInputs[] inputs = [.. Hours(300, 0.04)];
        Assert.NotNull(proposer.Observe(Books.Of(inputs)));
        CheckpointInputs later = Books.Inputs(301, inputs[^1].Checkpoint.Header.Time + 60, 100);
        Assert.Null(proposer.Observe(Books.Of([.. inputs, later])));
        Assert.NotNull(proposer.Observe(Books.Of([.. inputs, later, Books.Inputs(302, inputs[^1].Checkpoint.Header.Time + 3600, 100)])));
    }

    [Fact]
    public void Observe_AtTheTopOfTheCorridor_StaysInside()
    {
        CheckpointInputs[] inputs = [.. Hours(300, 0.04, rangeE8: 16_800_000)];
        var decision = Assert.Single(new ParameterProposer(new ParameterOptions()).Observe(Books.Of(inputs))!.Decisions);
        Assert.True(decision.After.Range <= 0.169);
    }

    [Fact]
    public void Options_CorridorUpsideDown_IsOneSentence() =>
        Assert.Contains(new ParameterOptions { RangeLeastBps = 2000 }.Errors(), e => e.StartsWith("Option parameters.rangeLeastBps is 2000", StringComparison.Ordinal));

    private static IEnumerable<CheckpointInputs> Hours(int count, double width, uint rangeE8 = 14_000_000)
    {
        var random = new Random(5);
        double spot = 100;
        for (var i = 1; i <= count; i++)
        {
            yield return Books.Inputs((ulong)i, Books.Start + (3600L * i), spot *= Math.Exp(width * (random.NextDouble() - 0.5)), rangeE8);
        }
    }
}
