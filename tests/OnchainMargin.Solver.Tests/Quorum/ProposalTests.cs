using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Protocol.Signing;
using OnchainMargin.Solver.Quorum;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Solver.Tests.Quorum;

public sealed class ProposalTests
{
    private static readonly ProtocolDigests Digests = new(new DeploymentRecord { ChainId = 1, Block = 0, Contracts = SampleDeployment.Contracts, Tokens = [], Underlyings = [] });

    [Fact]
    public void Read_WhatWasWritten_IsTheSameWithTheSameDigest()
    {
        VolSurfaces.SurfaceUpdate[] updates = [new(1, 1_800_000_000, 7, 8, 9, -10, 11, -12, 13, 14), new(2, 1_800_001_800, 7, 8, 9, 10, 11, 12, -13, 14)];
        Proposal surfaces = Proposal.Of(updates, Digests);
        Proposal back = Proposal.Read(ProposalKind.Surfaces, surfaces.Content, Digests)!;
        Assert.Equal(updates, back.Updates);
        Assert.Equal((surfaces.Digest, surfaces.Time), (back.Digest, back.Time));

        ParameterSteps.UnderlyingStep[] steps = [new(1, 50, 2, 3, 4, 5, 6)];
        ParameterSteps.TokenStep[] tokens = [new(1, 50, 3), new(2, 50, 4)];
        Proposal parameters = Proposal.Of(steps, tokens, Digests);
        back = Proposal.Read(ProposalKind.Parameters, parameters.Content, Digests)!;
        Assert.Equal(steps, back.Underlyings);
        Assert.Equal(tokens, back.Tokens);
        Assert.Equal((parameters.Digest, 50UL), (back.Digest, back.Time));
        Assert.NotEqual(parameters.Digest, Proposal.Of(steps, [tokens[1], tokens[0]], Digests).Digest);
    }

    [Fact]
    public void CanLand_OldOrNotLaterThanWhatIsInForce_IsFalse()
    {
        const ulong Time = 1_800_000_000;
        var surfaces = Proposal.Of([new VolSurfaces.SurfaceUpdate(1, (uint)Time + 86_400, Time, 8, 9, -10, 11, -12, 13, 14)], Digests);
        var steps = Proposal.Of([new ParameterSteps.UnderlyingStep(1, Time, 2, 3, 4, 5, 6)], [new ParameterSteps.TokenStep(2, Time, 3)], Digests);
        foreach (Proposal proposal in (Proposal[])[surfaces, steps])
        {
            Assert.True(proposal.CanLand(ProtocolBook.Empty with { BlockTimeSeconds = Time - 12 }));
            Assert.True(proposal.CanLand(ProtocolBook.Empty with { BlockTimeSeconds = Time + 600 }));
            Assert.False(proposal.CanLand(ProtocolBook.Empty with { BlockTimeSeconds = Time + 601 }));
        }

        Assert.False(surfaces.CanLand(ProtocolBook.Empty with { BlockTimeSeconds = Time + 86_400 }));
        Assert.False(surfaces.CanLand(ProtocolBook.Empty with { Surfaces = ProtocolBook.Empty.Surfaces.Add((1, (uint)Time + 86_400), HistoryOf(Time)) }));
        Assert.True(surfaces.CanLand(ProtocolBook.Empty with { Surfaces = ProtocolBook.Empty.Surfaces.Add((1, (uint)Time + 86_400), HistoryOf(Time - 1)) }));
        Assert.False(steps.CanLand(ProtocolBook.Empty with { Steps = ProtocolBook.Empty.Steps with { UnderlyingTimes = ProtocolBook.Empty.Steps.UnderlyingTimes.Add(1, Time) } }));
        Assert.False(steps.CanLand(ProtocolBook.Empty with { Steps = ProtocolBook.Empty.Steps with { TokenTimes = ProtocolBook.Empty.Steps.TokenTimes.Add(2, Time) } }));
    }

    [Theory]
    [InlineData(0, "")]
    [InlineData(0, "0x00")]
    [InlineData(1, "0x00000000")]
    [InlineData(1, "0x000001")]
    [InlineData(1, "0x7fffffff")]
    [InlineData(1, "0xffffffff00")]
    [InlineData(2, "0x00000000")]
    public void Read_WhatIsNone_IsNull(int kind, string content) => Assert.Null(Proposal.Read((ProposalKind)kind, content.Length == 0 ? [] : HexData.Decode(content), Digests));

    private static SurfaceHistory HistoryOf(ulong time) => SurfaceHistory.After(null, default(VolSurfaces.SurfacePublishedEvent) with { Time = time }, time);
}
