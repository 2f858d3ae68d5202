using System.Collections.Immutable;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Parameters;
using UnderlyingRecord = OnchainMargin.Margin.UnderlyingRecord;

namespace OnchainMargin.Solver.Tests.Parameters;

public sealed class ParameterDraftTests
{
    private static readonly ProtocolBook Wild = Book(0.04);
    private static readonly ParameterDraft Own = ParameterDraft.Of(new ParameterProposer(new ParameterOptions()).Decide(Wild)!, Wild);

    [Fact]
    public void Of_Decision_IsInTheContractsIntegersAndRepeatsWhatStays()
    {
        ParameterSteps.UnderlyingStep step = Assert.Single(Own.Underlyings);
        Assert.Equal((14_700_000U, 4750UL * 100_000_000, 400_000U, 10_000_000U), (step.PriceRangeE8, step.DepthE8, step.BasisChargeE8, step.VegaChargeE8));
        Assert.Equal((ulong)Wild.LatestCheckpoint!.Checkpoint.Header.Time, step.Time);
        ParameterSteps.TokenStep token = Assert.Single(Own.Tokens);
        Assert.Equal(new ParameterSteps.TokenStep(1, step.Time, 5_250_000), token);
    }

    [Fact]
    public void Difference_NoFartherThanOwn_None()
    {
        Assert.Null(Own.Difference(Own.Underlyings, Own.Tokens, Wild));
        Assert.Null(Own.Difference([Own.Underlyings[0] with { PriceRangeE8 = 14_350_000 }], [], Wild));
        Assert.Null(Own.Difference([Own.Underlyings[0] with { PriceRangeE8 = 14_000_000 }], [Own.Tokens[0] with { HaircutBaseE8 = 5_000_000 }], Wild));
    }

    [Fact]
    public void Difference_FartherOrAnotherWay_NamesTheParameterAndAllFigures()
    {
        Assert.Equal("priceRangeE8 of underlying 1 is 14800000 proposed, 14700000 here, 14000000 in force", Own.Difference([Own.Underlyings[0] with { PriceRangeE8 = 14_800_000 }], [], Wild));
        Assert.Equal("priceRangeE8 of underlying 1 is 13900000 proposed, 14700000 here, 14000000 in force", Own.Difference([Own.Underlyings[0] with { PriceRangeE8 = 13_900_000 }], [], Wild));
        Assert.Equal("vegaChargeE8 of underlying 1 is 11000000 proposed, 10000000 here, 10000000 in force", Own.Difference([Own.Underlyings[0] with { VegaChargeE8 = 11_000_000 }], [], Wild));
        Assert.Equal("haircutBaseE8 of token 1 is 5300000 proposed, 5250000 here, 5000000 in force", Own.Difference([], [Own.Tokens[0] with { HaircutBaseE8 = 5_300_000 }], Wild));
        Assert.Equal("underlying 9 is not in the last checkpoint here", Own.Difference([Own.Underlyings[0] with { Underlying = 9 }], [], Wild));

        Assert.Equal("underlying 1 is proposed twice at once, which the contract refuses", Own.Difference([Own.Underlyings[0], Own.Underlyings[0]], [], Wild));
        Assert.Equal("token 1 is proposed twice at once, which the contract refuses", Own.Difference([], [Own.Tokens[0], Own.Tokens[0]], Wild));

        // Any word may be proposed.
        Assert.Equal("depthE8 of underlying 1 is 18446744073709551615 proposed, 475000000000 here, 500000000000 in force", Own.Difference([Own.Underlyings[0] with { DepthE8 = ulong.MaxValue }], [], Wild));

        // A node that wants nothing signs nothing that moves.
        Assert.Equal("depthE8 of underlying 1 is 475000000000 proposed, 500000000000 here, 500000000000 in force", new ParameterDraft([], []).Difference(Own.Underlyings, [], Wild));
    }

    [Fact]
    public void Within_Limits_HoldsAndDropsWhatCannotMove()
    {
        ParameterDraft held = Own.Within(
            new Dictionary<ushort, ParameterSteps.UnderlyingLimitsResult> { [1] = new([500_000_000_000, 13_986_000, 44_000_000, 400_000, 10_000_000], [500_000_000_000, 14_100_000, 46_000_000, 400_000, 10_000_000]) },
            new Dictionary<ushort, ParameterSteps.TokenLimitsResult> { [1] = new(5_000_000, 5_000_000) }).Moving(Wild);

        Assert.Equal(14_100_000U, Assert.Single(held.Underlyings).PriceRangeE8);
        Assert.Empty(held.Tokens);
    }

    [Fact]
    public void Decide_AfterAReorganisation_LearnsThePastAnew()
    {
        var proposer = new ParameterProposer(new ParameterOptions());
        Assert.NotNull(proposer.Decide(Wild));
        ParameterProposal? calm = proposer.Decide(Book(0.001));
        ParameterProposal? fresh = new ParameterProposer(new ParameterOptions()).Decide(Book(0.001));
        Assert.Equal(fresh?.Decisions[0].Inputs, calm?.Decisions[0].Inputs);
        Assert.NotNull(fresh);
    }

    [Fact]
    public void MarketHours_GapsRepeatAndLongSilenceBeginsAnew()
    {
        MarketHours hours = MarketHours.After(null, 7200, Record(5)).Traded(-3);
        hours = MarketHours.After(hours, 7300, Record(6)).Traded(4);
        hours = MarketHours.After(hours, (5 * 3600) + 1, Record(9)).Traded(1);
        Assert.Equal([(6L, 7), (6L, 0), (6L, 0)], hours.Ended.Select(static hour => (hour.SpotE8, (int)hour.VolumeE8)));
        Assert.Equal((2L, 5L, 9L, 1), (hours.FirstHour, hours.RunningHour, hours.Running.SpotE8, (int)hours.Running.VolumeE8));
        Assert.Empty(MarketHours.After(hours, 3600L * 24 * 60, Record(7)).Ended);
    }

    private static UnderlyingRecord Record(long spotE8) => Wild.LatestCheckpoint!.Checkpoint.Underlyings[0] with { SpotE8 = spotE8 };

    private static ProtocolBook Book(double width)
    {
        var random = new Random(5);
        double spot = 100;
        CheckpointInputs[] inputs = [.. Enumerable.Range(1, 300).Select(i => Books.Inputs((ulong)i, Books.Start + (3600L * i), spot *= Math.Exp(width * (random.NextDouble() - 0.5))))];
        ProtocolBook book = Books.Of(inputs);
        return book with
        {
            Parameters = book.Parameters with { Tokens = ImmutableSortedDictionary<ushort, RiskParameters.TokenParameters>.Empty.Add(1, new RiskParameters.TokenParameters(1, 100_000_000, 5_000_000, 25_000_000, 0)) },
            Steps = new BookSteps { Tokens = ImmutableSortedDictionary<ushort, ParameterSteps.Band>.Empty.Add(1, new ParameterSteps.Band(5_000_000, 10_000_000, 5_000_000, 25_000_000, 100_000, 2_000_000)) },
        };
    }
}
