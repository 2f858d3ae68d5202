using System.Collections.Immutable;
using OnchainMargin.Margin;
using OnchainMargin.Models.Policy;

namespace OnchainMargin.Models.Tests.Policy;

public sealed class ImpactCheckTests
{
    private const long One = 100_000_000;
    private static readonly PolicyParameters Before = new(0.14, 0.45, 5_000, 0.05, 0.004, 0.1);

    /// <summary>The vault holds twice what the base haircut is for: it stands at 10 %, and a base of 6 % makes it 12 %, not 6 %.</summary>
    [Theory]
    [InlineData(10_000_000, 0.06, 12_000_000)]
    [InlineData(10_000_000, 0.04, 8_000_000)]
    [InlineData(5_000_000, 0.06, 6_000_000)]
    [InlineData(60_000_000, 0.10, 100_000_000)]
    public void ApplyHaircut_OneThatHasGrown_StaysAsFarAboveItsBase(long haircut, double proposed, long expected)
    {
        var checkpoint = new Checkpoint(
            new CheckpointHeader(1, 1, 130_000_000, 1_000_000_000_000, 1_000_000_000_000),
            [new CollateralRecord(1, 7, 18, haircut, 100_000_000), new CollateralRecord(2, 7, 18, haircut, 100_000_000)],
            []);
        Checkpoint after = ImpactCheck.ApplyHaircut(checkpoint, 1, 0.05, proposed);
        Assert.Equal([expected, haircut], after.Collaterals.Select(static token => token.HaircutE8));
    }

    /// <summary>Long one at 100: a range of 14 % asks for 14 and a little, one of 20 % for 20.</summary>
    [Fact]
    public void MadeLiquidatable_ATighterRange_NamesWhoFallsBelowAndNobodyElse()
    {
        Checkpoint before = At([]);
        (AccountState State, ImmutableArray<Balance> Balances)[] accounts =
            [.. new[] { 10, 17, 30 }.Select(static cash => (AccountState.Empty with { CashE8 = cash * One, Positions = [new Position(Instrument.Perpetual(1), One, 100 * One)] }, ImmutableArray<Balance>.Empty))];

        Impact hurt = Assert.Single(ImpactCheck.MadeLiquidatable(before, ImpactCheck.Apply(before, 1, Before with { Range = 0.2 }), accounts));
        Assert.Equal((1, 17 * One), (hurt.Account, (long)hurt.EquityE8));
        Assert.True(hurt.BeforeE8 >= 14 * One && hurt.BeforeE8 < 15 * One && hurt.AfterE8 >= 20 * One && hurt.AfterE8 < 21 * One);
        Assert.Empty(ImpactCheck.MadeLiquidatable(before, before, accounts));
    }

    /// <summary>Volatility has just risen: at the surface of before, which a start counts, who sold an option is still not to be liquidated.</summary>
    [Fact]
    public void MadeLiquidatable_ABetterSurfaceThanThePresentOne_CountsAsItDoesForAStart()
    {
        Surface present = new(100 * One, 100 * One, 400_000_000_000, 0, 0, 0, 1_000_000);
        Checkpoint before = At([new ExpiryRecord(1 + (30 * 86_400), 0, 1_000_000_000_000, present, present with { AE12 = 100_000_000_000 })]);
        Checkpoint after = ImpactCheck.Apply(before, 1, Before with { Range = 0.2 });
        AccountState state = AccountState.Empty with { Positions = [new Position(Instrument.Call(1, 1 + (30 * 86_400), 100_0000), -One, 0)] };
        Int128[] spare = [.. new[] { SurfaceChoice.Present, SurfaceChoice.Better }.Select(choice => MarginEngine.Compute(state, [], new CheckpointView(after), choice)).Select(static figures => figures.EquityE8 - figures.MaintenanceE8)];
        Assert.True(spare[1] > spare[0] + 2);

        Assert.Empty(ImpactCheck.MadeLiquidatable(before, after, [(state with { CashE8 = -(spare[0] + spare[1]) / 2 }, [])]));
        Assert.Single(ImpactCheck.MadeLiquidatable(before, after, [(state with { CashE8 = -spare[1] - 1 }, [])]));

        // What the checkpoint cannot value is nobody's to liquidate yet.
        Assert.Empty(ImpactCheck.MadeLiquidatable(At([]), At([]), [(state, [])]));
    }

    private static Checkpoint At(ImmutableArray<ExpiryRecord> expiries) => new(new CheckpointHeader(1, 1, 130_000_000, 1_000_000_000_000, 1_000_000_000_000), [],
        [
            new UnderlyingRecord(
                1, 1, MarketState.Normal, 100 * One, 100 * One, 0, 0, 100 * One, 0, 5_000 * One,
                new RiskParameters(14_000_000, 45_000_000, 50_000_000, 1_000_000, 400_000, 7_500_000, 1_000_000, 10_000_000, 5_000_000, 10_000_000, 1_000_000, 1_000_000, 50_000_000), expiries),
        ]);
}
