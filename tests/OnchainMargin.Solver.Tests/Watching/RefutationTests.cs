using System.Collections.Immutable;
using OnchainMargin.Ethereum.Hashing;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Attestations;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Tests.Api;
using OnchainMargin.Solver.Watching;

namespace OnchainMargin.Solver.Tests.Watching;

/// <summary>How a wrong attestation is challenged.</summary>
public sealed class RefutationTests
{
    /// <summary>Its expiry was listed after the checkpoint: nobody can price it there, so only who asks for all the cash there is says nothing wrong (CLR-052).</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Attestation_AtACheckpointWithoutItsExpiry_IsRecomputedUnlessItAsksForAllTheCash(bool asksForAll)
    {
        byte[] positions = (AccountState.Empty with { Positions = [new Position(Instrument.Call(2, ApiWorld.Expiry + 86_400, 32_000_000), ApiWorld.One, 0)] }).Pack()[64..];
        var attestation = new RiskRegistry.RiskAttestation(
            2, Keccak256.Hash(positions), Keccak256.Hash([]), asksForAll ? Int128.MaxValue : 0, long.MaxValue, long.MaxValue, 1, MarginModel.Hash, 1_770_000_600);

        Refutation? found = Refutation.Find(attestation, positions, [], ApiWorld.Inputs(ApiWorld.BtcE8, ApiWorld.EthE8));

        Assert.Equal(asksForAll, found is null);
        Assert.True(found is null or { IsHarmful: true, Witness: null });
    }

    /// <summary>What asks for all the cash there is shows nobody's health, whatever margins it names: the chain takes no witness against it, and recomputing corrects it.</summary>
    [Fact]
    public void Attestation_AsksForAllTheCashBesideMarginsThatAreTooSmall_IsCorrected()
    {
        Refutation found = Find(ApiWorld.One, Int128.MaxValue, 0)!;
        Assert.Equal((false, null), (found.IsHarmful, found.Witness));
        Assert.True(Find(ApiWorld.One, 0, 0)!.IsHarmful);
    }

    /// <summary>Of margins that fit no field nothing but that is true.</summary>
    [Fact]
    public void Attestation_OfMarginsThatFitNoField_IsTrueIfItAsksForAllTheCash()
    {
        Assert.Null(Find(1L << 60, Int128.MaxValue, long.MaxValue));
        Assert.True(Find(1L << 60, 0, long.MaxValue)!.IsHarmful);
    }

    private static Refutation? Find(long shortE8, Int128 leastCashE8, long marginE8)
    {
        byte[] positions = (AccountState.Empty with { Positions = [new Position(Instrument.Perpetual(2), -shortE8, 0)] }).Pack()[64..];
        var attestation = new RiskRegistry.RiskAttestation(2, Keccak256.Hash(positions), Keccak256.Hash([]), leastCashE8, marginE8, marginE8, 1, MarginModel.Hash, 1_770_000_600);
        return Refutation.Find(attestation, positions, [], ApiWorld.Inputs(ApiWorld.BtcE8, ApiWorld.EthE8));
    }

    /// <summary>A word of nothing is a part of what is hashed: a challenge that left it out would name other collateral than was signed.</summary>
    [Fact]
    public void Attestation_NamesAWordOfNothing_IsChallengedByWhatWasSigned()
    {
        byte[] positions = (AccountState.Empty with { Positions = [new Position(Instrument.Perpetual(2), -ApiWorld.One, 0)] }).Pack()[64..];
        byte[] balances = [0, 1, .. new byte[30]];
        var attestation = new RiskRegistry.RiskAttestation(2, Keccak256.Hash(positions), Keccak256.Hash(balances), 0, 0, 0, 1, MarginModel.Hash, 1_770_000_600);
        Refutation found = Refutation.Find(attestation, positions, balances, ApiWorld.Inputs(ApiWorld.BtcE8, ApiWorld.EthE8))!;
        Assert.True(found.IsHarmful);
        Assert.Equal(attestation.CollateralHash, Keccak256.Hash(found.Preimages.Balances));
    }

    /// <summary>So with a token that was listed after the checkpoint; and what an honest attester signs of it asks for all the cash there is (CLR-052).</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Attestation_AtACheckpointWithoutItsToken_IsRecomputedUnlessItAsksForAllTheCash(bool asksForAll)
    {
        const ushort Late = 31;
        ImmutableArray<Balance> collateral = [new Balance(Late, 1)];
        CheckpointInputs inputs = ApiWorld.Inputs(ApiWorld.BtcE8, ApiWorld.EthE8);
        byte[] positions = AccountState.Empty.Pack()[64..];
        var attestation = new RiskRegistry.RiskAttestation(
            2, Keccak256.Hash(positions), Keccak256.Hash(Balances.Pack(collateral)), asksForAll ? Int128.MaxValue : 0, long.MaxValue, long.MaxValue, 1, MarginModel.Hash, 1_770_000_600);

        Refutation? found = Refutation.Find(attestation, positions, Balances.Pack(collateral), inputs);

        Assert.Equal(asksForAll, found is null);
        Assert.True(found is null or { IsHarmful: true, Witness: null });
        Assert.Equal(MarginError.CollateralMissing, MarginEngine.TryCompute(AccountState.Empty, collateral.AsSpan(), inputs.View, SurfaceChoice.Worse, out _));
    }
}
