using System.Collections.Immutable;
using OnchainMargin.Models.Policy;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Parameters;
using UnderlyingRecord = OnchainMargin.Margin.UnderlyingRecord;

namespace OnchainMargin.Solver.Tests.Parameters;

public sealed class ParameterDraftTests
{
    private static readonly ProtocolBook Wild = Book(0.06);
    private static readonly ParameterDraft Own = ParameterDraft.Of(new ParameterProposer(new ParameterOptions()).Decide(Wild)!, Wild);

    private static readonly ParameterDraft Nothing = new([], []);

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
    public void Difference_BetweenHalfOfOwnAndAllOfIt_None()
    {
        Assert.Null(Own.Difference(Own, Own.Underlyings, Own.Tokens, Wild));
        Assert.Null(Own.Difference(Own, [Own.Underlyings[0] with { PriceRangeE8 = 14_350_000 }], [], Wild));

        // A step that moves nothing, or next to it, would still be the last one, from which the contract counts how far the next may go.
        Assert.Equal("priceRangeE8 of underlying 1 is 14349999 proposed, 14700000 here, 14000000 in force", Own.Difference(Own, [Own.Underlyings[0] with { PriceRangeE8 = 14_349_999 }], [], Wild));
        Assert.Equal("priceRangeE8 of underlying 1 is 14000000 proposed, 14700000 here, 14000000 in force", Own.Difference(Own, [Own.Underlyings[0] with { PriceRangeE8 = 14_000_000 }], [], Wild));
        Assert.Equal("haircutBaseE8 of token 1 is 5000000 proposed, 5250000 here, 5000000 in force", Own.Difference(Own, [], [Own.Tokens[0] with { HaircutBaseE8 = 5_000_000 }], Wild));
        Assert.Equal("underlying 1 would not be moved by this node now", Nothing.Difference(Nothing, [Own.Underlyings[0] with { PriceRangeE8 = 14_000_000, DepthE8 = 500_000_000_000 }], [], Wild));
    }

    /// <summary>The contract allows half a percent now; the half of that is enough.</summary>
    [Fact]
    public void Difference_LimitsAreNarrow_HalfOfWhatTheyLeaveIsEnough()
    {
        ParameterSteps.UnderlyingStep own = Own.Underlyings[0];
        var held = new ParameterDraft([own with { PriceRangeE8 = 14_070_000, DepthE8 = 497_500_000_000 }], []);

        Assert.Null(Own.Difference(held, [own with { PriceRangeE8 = 14_035_000, DepthE8 = 498_750_000_000 }], [], Wild));
        Assert.Null(Own.Difference(held, [own with { PriceRangeE8 = 14_075_000, DepthE8 = 497_000_000_000 }], [], Wild));
        Assert.StartsWith("priceRangeE8 of underlying 1 is 14034999 proposed", Own.Difference(held, [own with { PriceRangeE8 = 14_034_999, DepthE8 = 498_750_000_000 }], [], Wild), StringComparison.Ordinal);
        Assert.StartsWith("depthE8 of underlying 1 is 498750000001 proposed", Own.Difference(held, [own with { PriceRangeE8 = 14_035_000, DepthE8 = 498_750_000_001 }], [], Wild), StringComparison.Ordinal);
    }

    /// <summary>A hundred units, which rounding may be, at each checkpoint: where this node moves nothing nobody does.</summary>
    [Fact]
    public void Difference_AHundredUnitsAtEachCheckpoint_MoveNothingThatThisNodeKeeps()
    {
        uint vegaE8 = 10_000_000;
        for (int checkpoint = 0; checkpoint < 3; checkpoint++)
        {
            ProtocolBook book = Book(0.06, change: record => record with { Parameters = record.Parameters with { VegaChargeE8 = vegaE8 } });
            ParameterDraft own = ParameterDraft.Of(new ParameterProposer(new ParameterOptions()).Decide(book)!, book);
            ParameterSteps.UnderlyingStep theirs = own.Underlyings[0] with { VegaChargeE8 = vegaE8 + 100 };
            vegaE8 = own.Difference(own, [theirs], [], book) is null ? theirs.VegaChargeE8 : vegaE8;
        }

        Assert.Equal(10_000_000U, vegaE8);
    }

    [Fact]
    public void Moving_SteppedWithinHalfAnHour_Waits()
    {
        ulong now = Own.Underlyings[0].Time;
        ProtocolBook Stepped(ulong time) => Wild with { Steps = Wild.Steps with { UnderlyingTimes = Wild.Steps.UnderlyingTimes.Add(1, time), TokenTimes = Wild.Steps.TokenTimes.Add(1, time) } };

        Assert.Equal((1, 1), (Own.Moving(Stepped(now - 1800)).Underlyings.Count, Own.Moving(Stepped(now - 1800)).Tokens.Count));
        ParameterDraft waiting = Own.Moving(Stepped(now - 1799));
        Assert.Equal((0, 0), (waiting.Underlyings.Count, waiting.Tokens.Count));
        Assert.Equal("underlying 1 would not be moved by this node now", Own.Difference(waiting, Own.Underlyings, [], Wild));
        Assert.Equal("token 1 would not be moved by this node now", Own.Difference(waiting, [], Own.Tokens, Wild));
    }

    [Fact]
    public void Difference_FartherOrAnotherWay_NamesTheParameterAndAllFigures()
    {
        Assert.Equal("priceRangeE8 of underlying 1 is 14800000 proposed, 14700000 here, 14000000 in force", Own.Difference(Own, [Own.Underlyings[0] with { PriceRangeE8 = 14_800_000 }], [], Wild));
        Assert.Equal("priceRangeE8 of underlying 1 is 13900000 proposed, 14700000 here, 14000000 in force", Own.Difference(Own, [Own.Underlyings[0] with { PriceRangeE8 = 13_900_000 }], [], Wild));
        Assert.Equal("vegaChargeE8 of underlying 1 is 11000000 proposed, 10000000 here, 10000000 in force", Own.Difference(Own, [Own.Underlyings[0] with { VegaChargeE8 = 11_000_000 }], [], Wild));
        Assert.Equal("haircutBaseE8 of token 1 is 5300000 proposed, 5250000 here, 5000000 in force", Own.Difference(Own, [], [Own.Tokens[0] with { HaircutBaseE8 = 5_300_000 }], Wild));
        Assert.Equal("underlying 9 is not in the last checkpoint here", Own.Difference(Own, [Own.Underlyings[0] with { Underlying = 9 }], [], Wild));

        Assert.Equal("underlying 1 is proposed twice at once, which the contract refuses", Own.Difference(Own, [Own.Underlyings[0], Own.Underlyings[0]], [], Wild));
        Assert.Equal("token 1 is proposed twice at once, which the contract refuses", Own.Difference(Own, [], [Own.Tokens[0], Own.Tokens[0]], Wild));

        // Any word may be proposed.
        Assert.Equal("depthE8 of underlying 1 is 18446744073709551615 proposed, 475000000000 here, 500000000000 in force", Own.Difference(Own, [Own.Underlyings[0] with { DepthE8 = ulong.MaxValue }], [], Wild));

        // A node that wants nothing signs nothing that moves.
        Assert.Equal("depthE8 of underlying 1 is 475000000000 proposed, 500000000000 here, 500000000000 in force", Nothing.Difference(Nothing, Own.Underlyings, [], Wild));
    }

    [Fact]
    public void Within_Limits_HoldsAndDropsWhatCannotMove()
    {
        ParameterDraft held = Own.Within(
            new Dictionary<ushort, ParameterSteps.UnderlyingLimitsResult> { [1] = new([500_000_000_000, 13_986_000, 44_000_000, 400_000, 10_000_000], [500_000_000_000, 14_100_000, 46_000_000, 400_000, 10_000_000]) },
            new Dictionary<ushort, ParameterSteps.TokenLimitsResult> { [1] = new(5_000_000, 5_000_000) },
            Wild).Moving(Wild);

        Assert.Equal(14_100_000U, Assert.Single(held.Underlyings).PriceRangeE8);
        Assert.Empty(held.Tokens);
    }

    /// <summary>Of two tokens of one underlying each has its own haircut: what lowers the one that no step moves would take the other to the end of its corridor.</summary>
    [Fact]
    public void Of_ASecondTokenWithAHigherHaircut_MovesOnlyWhatHasACorridorAndByItsOwn()
    {
        ProtocolBook calm = WithToken2(Book(0.001));

        ParameterDraft draft = ParameterDraft.Of(new ParameterProposer(new ParameterOptions()).Decide(calm)!, calm);

        Assert.Empty(draft.Tokens);
        Assert.Equal("haircutBaseE8 of token 1 is 5250000 proposed, 5000000 here, 5000000 in force", draft.Difference(draft, [], [new ParameterSteps.TokenStep(1, 0, 5_250_000)], calm));
    }

    /// <summary>Each token in a corridor of its own: one comes down to it, the other is where it should be.</summary>
    [Fact]
    public void Of_TwoTokensWithCorridors_MovesEachInItsOwn()
    {
        ProtocolBook calm = WithToken2(Book(0.001));
        calm = calm with { Steps = calm.Steps with { Tokens = calm.Steps.Tokens.Add(2, calm.Steps.Tokens[1]) } };

        ParameterProposal proposal = new ParameterProposer(new ParameterOptions()).Decide(calm)!;

        Assert.Equal(new HaircutDecision(2, 0.15, 0.15 * 0.999), Assert.Single(proposal.Haircuts));
        Assert.Equal(new ParameterSteps.TokenStep(2, (ulong)proposal.Time, 14_985_000), Assert.Single(ParameterDraft.Of(proposal, calm).Tokens));
    }

    /// <summary>A limit that follows a value which was changed after the last checkpoint may lie on its other side.</summary>
    [Fact]
    public void Within_LimitsBeyondWhatIsInForce_MoveNothingTheOtherWay()
    {
        ParameterDraft held = Own.Within(
            new Dictionary<ushort, ParameterSteps.UnderlyingLimitsResult> { [1] = new([500_000_000_000, 10_000_000, 44_000_000, 400_000, 10_000_000], [500_000_000_000, 13_000_000, 46_000_000, 400_000, 10_000_000]) },
            new Dictionary<ushort, ParameterSteps.TokenLimitsResult> { [1] = new(3_000_000, 4_000_000) },
            Wild);

        Assert.Equal((14_000_000U, 5_000_000U), (held.Underlyings[0].PriceRangeE8, held.Tokens[0].HaircutBaseE8));
        Assert.Equal((0, 0), (held.Moving(Wild).Underlyings.Count, held.Moving(Wild).Tokens.Count));
    }

    /// <summary>Governance raises the base haircut from 5 % to 8 % in a day, and an hour has gone: what is in force is 5.125 %, not 8 %.</summary>
    [Fact]
    public void Of_AHaircutOnItsWay_GoesFromWhatIsInForceAndLoosensNothing()
    {
        ProtocolBook calm = OnItsWay(Book(0.001)), wild = OnItsWay(Book(0.06));

        Assert.Equal(5_125_000U, calm.Parameters.TokenAt(1, calm.LatestCheckpoint!.Checkpoint.Header.Time).HaircutBaseE8);
        Assert.Empty(ParameterDraft.Of(new ParameterProposer(new ParameterOptions()).Decide(calm)!, calm).Tokens);

        // What asks for more goes from there, and another node says the same.
        ParameterDraft draft = ParameterDraft.Of(new ParameterProposer(new ParameterOptions()).Decide(wild)!, wild);
        Assert.Equal(5_381_200U, Assert.Single(draft.Tokens).HaircutBaseE8);
        Assert.Null(ParameterDraft.Of(new ParameterProposer(new ParameterOptions()).Decide(wild)!, wild).Difference(draft, draft.Underlyings, draft.Tokens, wild));
        Assert.Equal("haircutBaseE8 of token 1 is 8000000 proposed, 5381200 here, 5125000 in force", draft.Difference(draft, [], [draft.Tokens[0] with { HaircutBaseE8 = 8_000_000 }], wild));
    }

    /// <summary>At a factor of 1.3 and a largest haircut of 16 % collateral is worth what it asks for at R = 25.92 %, though the corridor goes on to 26.9 %.</summary>
    [Fact]
    public void Of_ARangeBeyondTheCoupledBound_GoesToTheBound()
    {
        ProtocolBook book = WithRange(16_000_000, 400_000);

        Assert.Equal(25_923_076U, Assert.Single(ParameterDraft.Of(new ParameterProposer(new ParameterOptions()).Decide(book)!, book).Underlyings).PriceRangeE8);
        Assert.Equal(26_775_000U, Assert.Single(ParameterDraft.Of(new ParameterProposer(new ParameterOptions()).Decide(WithRange(15_000_000, 400_000))!, WithRange(15_000_000, 400_000)).Underlyings).PriceRangeE8);
    }

    /// <summary>The range stands at the very bound: a basis charge above the rate's finds no room beside it, and nothing is lowered for it.</summary>
    [Fact]
    public void Of_ABasisChargeWithoutRoom_StaysWithTheRange()
    {
        ProtocolBook book = WithRange(16_423_076, 15_000_000);
        var proposal = new ParameterProposal(book.LatestCheckpoint!.Id, 1, [new PolicyDecision("1", "", default, null, Parameters(0.255, 0.15), default, Parameters(0.26, 0.16), "")], [], []);

        ParameterSteps.UnderlyingStep step = Assert.Single(ParameterDraft.Of(proposal, book).Underlyings);

        Assert.Equal((25_500_000U, 15_000_000U), (step.PriceRangeE8, step.BasisChargeE8));
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

    private static PolicyParameters Parameters(double range, double basis) => new(range, 0.45, 5000, 0.05, basis, 0.1);

    private static ProtocolBook WithToken2(ProtocolBook book) => book with
    {
        Parameters = book.Parameters with { Tokens = book.Parameters.Tokens.Add(2, new RiskParameters.TokenParameters(1, 100_000_000, 15_000_000, 25_000_000, 0)) },
    };

    /// <summary>A wild market whose range stands at 25.5 %.</summary>
    private static ProtocolBook WithRange(uint haircutMaxE8, uint basisChargeE8)
    {
        ProtocolBook book = Book(0.15, 25_500_000, record => record with { Parameters = record.Parameters with { BasisChargeE8 = basisChargeE8 } });
        return book with { Parameters = book.Parameters with { Tokens = book.Parameters.Tokens.SetItem(1, book.Parameters.Tokens[1] with { HaircutMaxE8 = haircutMaxE8 }) } };
    }

    private static ProtocolBook OnItsWay(ProtocolBook book)
    {
        ulong start = (ulong)book.LatestCheckpoint!.Checkpoint.Header.Time - 3600;
        RiskParameters.TokenParameters present = book.Parameters.Tokens[1], to = present with { HaircutBaseE8 = 8_000_000 };
        return book with { Parameters = book.Parameters with { Tokens = book.Parameters.Tokens.SetItem(1, to), TokenRamps = book.Parameters.TokenRamps.Add(1, new TokenRamp(present, start, start + 86_400, to)) } };
    }

    private static ProtocolBook Book(double width, uint rangeE8 = 14_000_000, Func<UnderlyingRecord, UnderlyingRecord>? change = null)
    {
        var random = new Random(5);
        double spot = 100;
        CheckpointInputs[] inputs = [.. Enumerable.Range(1, 300).Select(i => Books.Inputs((ulong)i, Books.Start + (3600L * i), spot *= Math.Exp(width * (random.NextDouble() - 0.5)), rangeE8, change))];
        ProtocolBook book = Books.Of(inputs);
        UnderlyingRecord record = inputs[^1].Checkpoint.Underlyings[0];
        OnchainMargin.Margin.RiskParameters p = record.Parameters;
        return book with
        {
            Parameters = book.Parameters with
            {
                InitialFactorE8 = 130_000_000,
                Underlyings = ImmutableSortedDictionary<ushort, RiskParameters.UnderlyingParameters>.Empty.Add(1, new RiskParameters.UnderlyingParameters(
                    (ulong)record.DepthE8, record.Group, p.PriceRangeE8, p.VolRangeE8, p.VolUpFloorE8, p.ShortOptionMinimumE8, p.BasisChargeE8, p.BasisRateE8, p.SlippageE8,
                    p.SlippageCapE8, p.CrowdingE8, p.VegaChargeE8, p.RateChargeE8, p.FloorRateE8, p.NettingFloorE8)),
                Tokens = ImmutableSortedDictionary<ushort, RiskParameters.TokenParameters>.Empty.Add(1, new RiskParameters.TokenParameters(1, 100_000_000, 5_000_000, 15_000_000, 0)),
            },
            Steps = new BookSteps { Tokens = ImmutableSortedDictionary<ushort, ParameterSteps.Band>.Empty.Add(1, new ParameterSteps.Band(5_000_000, 10_000_000, 5_000_000, 25_000_000, 100_000, 2_000_000)) },
        };
    }
}
