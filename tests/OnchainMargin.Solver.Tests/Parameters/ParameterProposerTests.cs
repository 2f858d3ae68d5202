using System.Collections.Immutable;
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

    /// <summary>Accounts cost nothing: what counts is their margin beside that of the book.</summary>
    [Fact]
    public void Decide_ManyDustAccountsAtTheBrink_WithholdsNothing()
    {
        CheckpointInputs[] inputs = [.. Hours(400, 0.04)];
        long spotE8 = inputs[^1].Checkpoint.Underlyings[0].SpotE8;
        BookAccount Long(ulong id, long sizeE8, double margin) => Books.Account(id, (long)(margin * spotE8 * sizeE8 / Books.One), sizeE8, spotE8);
        BookAccount[] dust = [.. Enumerable.Range(2, 101).Select(id => Long((ulong)id, Books.One / 100, 0.1451))];

        ProtocolBook book = WithParameters(Books.Of(inputs, [Long(1, 100 * Books.One, 0.5), .. dust]));
        ParameterProposal proposal = new ParameterProposer(new ParameterOptions()).Decide(book)!;
        Assert.Equal(101, proposal.MadeLiquidatable.Count);
        Assert.Empty(proposal.Withheld);
        Assert.Single(ParameterDraft.Of(proposal, book).Underlyings);

        // One account with a tenth of the book's margin is a person's decision.
        book = WithParameters(Books.Of(inputs, Long(1, 100 * Books.One, 0.5), Long(2, 11 * Books.One, 0.1451)));
        proposal = new ParameterProposer(new ParameterOptions()).Decide(book)!;
        Assert.Equal([1], proposal.Withheld);
        Assert.Empty(ParameterDraft.Of(proposal, book).Underlyings);
    }

    /// <summary>What the step of one underlying would do is no reason to withhold another's.</summary>
    [Fact]
    public void Decide_OneOfTwoUnderlyingsHurts_WithholdsThatOneAlone()
    {
        CheckpointInputs[] inputs = [.. Hours(400, 0.04).Select(Books.Doubled)];
        long spotE8 = inputs[^1].Checkpoint.Underlyings[0].SpotE8;
        ProtocolBook book = WithParameters(Books.Of(inputs, Books.Account(1, (long)(0.5 * spotE8), Books.One, spotE8), Books.Account(2, (long)(0.1451 * spotE8), Books.One, spotE8)));

        ParameterProposal proposal = new ParameterProposer(new ParameterOptions()).Decide(book)!;

        Assert.Equal(["1", "2"], proposal.Decisions.Select(static one => one.Underlying));
        Assert.Equal([1], proposal.Withheld);
        Assert.Equal(2, Assert.Single(ParameterDraft.Of(proposal, book).Underlyings).Underlying);
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

    /// <summary>After three years the past is cut: a node that runs on and one that is started then come to the same.</summary>
    [Fact]
    public void Decide_PastTheLongestPast_IsThatOfANodeThatWasJustStarted()
    {
        const int Most = 3 * 365 * 24;
        var random = new Random(8);
        CheckpointInputs first = Books.Inputs(1, Books.Start, 100);
        MarketHours hours = MarketHours.After(null, Books.Start, first.Checkpoint.Underlyings[0]);
        double spot = 100;
        var running = new ParameterProposer(new ParameterOptions());
        for (int i = 1; i <= Most + 30; i++)
        {
            long spotE8 = (long)((spot *= Math.Exp((i < 3000 ? 0.04 : 0.02) * (random.NextDouble() - 0.5))) * Books.One);
            hours = MarketHours.After(hours, Books.Start + (3600L * i), first.Checkpoint.Underlyings[0] with { SpotE8 = spotE8, PerpetualMarkE8 = spotE8 });
            Assert.InRange(hours.Ended.Count, Math.Min(i, Most - (28 * 24)), Most);
            if (i == Most)
            {
                Assert.NotNull(running.Decide(Book(hours)));
            }
        }

        Assert.Equal((28 * 24) + (Books.Start / 3600), hours.FirstHour);
        Assert.Equal(new ParameterProposer(new ParameterOptions()).Decide(Book(hours))!.Decisions, running.Decide(Book(hours))!.Decisions);

        ProtocolBook Book(MarketHours known) => Books.Of([first]) with { Hours = ImmutableSortedDictionary<ushort, MarketHours>.Empty.Add(1, known) };
    }

    [Fact]
    public void Options_CorridorUpsideDown_IsOneSentence() =>
        Assert.Contains(new ParameterOptions { RangeLeastBps = 3000 }.Errors(), e => e.StartsWith("Option parameters:rangeLeastBps is 3000", StringComparison.Ordinal));

    /// <summary>The parameters that the last checkpoint has as those of governance.</summary>
    private static ProtocolBook WithParameters(ProtocolBook book) => book with
    {
        Parameters = book.Parameters with
        {
            InitialFactorE8 = 130_000_000,
            Underlyings = book.LatestCheckpoint!.Checkpoint.Underlyings.ToImmutableSortedDictionary(static record => record.Underlying, static record =>
            {
                OnchainMargin.Margin.RiskParameters p = record.Parameters;
                return new Protocol.Generated.RiskParameters.UnderlyingParameters(
                    (ulong)record.DepthE8, record.Group, p.PriceRangeE8, p.VolRangeE8, p.VolUpFloorE8, p.ShortOptionMinimumE8, p.BasisChargeE8, p.BasisRateE8, p.SlippageE8,
                    p.SlippageCapE8, p.CrowdingE8, p.VegaChargeE8, p.RateChargeE8, p.FloorRateE8, p.NettingFloorE8);
            }),
        },
    };

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
