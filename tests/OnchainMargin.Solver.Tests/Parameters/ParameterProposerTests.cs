using OnchainMargin.Margin;
using OnchainMargin.Models.Policy;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Parameters;

namespace OnchainMargin.Solver.Tests.Parameters;

public sealed class ParameterProposerTests
{
    [Fact]
    public void Observe_WildMarket_ProposesOneStepUpAndNamesWhomItHurts()
    {
        CheckpointInputs[] inputs = [.. Hours(400, 0.04)];
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

        // Nothing was ever traded: the market is as thin as the corridor has it, step by step.
        Assert.Equal(decision.Before.Depth * 0.95, decision.After.Depth, 1e-6);
        Assert.Equal([2UL], proposal.MadeLiquidatable);
    }

    [Fact]
    public void Observe_TooLittleKnown_ProposesNothing() => Assert.Null(new ParameterProposer(new ParameterOptions()).Observe(Books.Of(Hours(200, 0.04))));

    [Fact]
    public void Observe_SameHourAgain_ProposesNothingMore()
    {
        var proposer = new ParameterProposer(new ParameterOptions());
        CheckpointInputs[] inputs = [.. Hours(400, 0.04)];
        Assert.NotNull(proposer.Observe(Books.Of(inputs)));
        CheckpointInputs later = Books.Inputs(401, inputs[^1].Checkpoint.Header.Time + 60, 100);
        Assert.Null(proposer.Observe(Books.Of([.. inputs, later])));
        Assert.NotNull(proposer.Observe(Books.Of([.. inputs, later, Books.Inputs(402, inputs[^1].Checkpoint.Header.Time + 3600, 100)])));
    }

    [Fact]
    public void Observe_AtTheTopOfTheCorridor_StaysInside()
    {
        CheckpointInputs[] inputs = [.. Hours(400, 0.04, rangeE8: 26_800_000)];
        var decision = Assert.Single(new ParameterProposer(new ParameterOptions()).Observe(Books.Of(inputs))!.Decisions);
        Assert.True(decision.After.Range <= 0.269);
    }

    [Fact]
    public void Decide_ChainThatTradesAndTwists_MovesDepthBasisAndVegaFromTheBookAlone()
    {
        ProtocolBook book = Books.Of(Twisting(400));
        book = book with { Hours = book.Hours.SetItem(1, book.Hours[1] with { Ended = [.. book.Hours[1].Ended.Select(static hour => hour with { VolumeE8 = (Int128)20_000 * Books.One })] }) };

        PolicyDecision decision = Assert.Single(new ParameterProposer(new ParameterOptions()).Decide(book)!.Decisions);

        // 480,000 units a day: a fiftieth of them is 9,600, to which depth goes by a thousandth an hour.
        Assert.Equal(480_000, decision.Inputs.DailyVolume!.Value, 1e-3);
        Assert.Equal(9_600, decision.Target.Depth, 1e-3);
        Assert.Equal(5_005, decision.After.Depth, 1e-6);

        // The perpetual's premium went from nothing to 0.5 % and back every other day.
        Assert.Equal(0.005, decision.Target.Basis, 1e-6);
        Assert.Equal(0.0042, decision.After.Basis, 1e-9);

        // The month's volatility went up by half as much against the three months': a mean square of a quarter of the difference.
        Assert.True(decision.Target.Vega > 0.2, $"{decision.Target.Vega}");
        Assert.Equal(0.105, decision.After.Vega, 1e-9);
        Assert.Contains("vega charge raised", decision.Reason, StringComparison.Ordinal);
        Assert.Contains("basis charge raised", decision.Reason, StringComparison.Ordinal);
        Assert.Contains("depth raised: a part of traded volume", decision.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_CorridorUpsideDown_IsOneSentence() =>
        Assert.Contains(new ParameterOptions { RangeLeastBps = 3000 }.Errors(), e => e.StartsWith("Option parameters:rangeLeastBps is 3000", StringComparison.Ordinal));

    private static IEnumerable<CheckpointInputs> Hours(int count, double width, uint rangeE8 = 14_000_000)
    {
        var random = new Random(5);
        double spot = 100;
        for (var i = 1; i <= count; i++)
        {
            yield return Books.Inputs((ulong)i, Books.Start + (3600L * i), spot *= Math.Exp(width * (random.NextDouble() - 0.5)), rangeE8);
        }
    }

    /// <summary>A calm spot, a premium that comes and goes by days, and a term structure of which only the nearer expiry moves.</summary>
    private static IEnumerable<CheckpointInputs> Twisting(int count)
    {
        for (int i = 1; i <= count; i++)
        {
            long time = Books.Start + (3600L * i);
            bool isApart = i / 24 % 2 == 1;
            Surface Flat(double vol) => new(100 * Books.One, 100 * Books.One, (long)(vol * vol * 1e12), 0, 0, 0, Books.One);
            yield return Books.Inputs((ulong)i, time, 100 + (i % 2 * 0.01), record: record => record with
            {
                PerpetualMarkE8 = (long)(record.SpotE8 * (isApart ? 1.005 : 1)),
                Expiries =
                [
                    new ExpiryRecord((uint)(Books.Start + (60 * 86_400L)), time, 1_000_000_000_000, Flat(isApart ? 0.9 : 0.6), Flat(0.6)),
                    new ExpiryRecord((uint)(Books.Start + (120 * 86_400L)), time, 1_000_000_000_000, Flat(0.6), Flat(0.6)),
                ],
            });
        }
    }
}
