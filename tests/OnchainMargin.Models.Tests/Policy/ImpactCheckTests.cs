using OnchainMargin.Margin;
using OnchainMargin.Models.Policy;

namespace OnchainMargin.Models.Tests.Policy;

public sealed class ImpactCheckTests
{
    private static readonly PolicyParameters Before = new(0.14, 0.45, 5_000, 0.05, 0.004, 0.1);

    /// <summary>The vault holds twice what the base haircut is for: it stands at 10 %, and a base of 6 % makes it 12 %, not 6 %.</summary>
    [Theory]
    [InlineData(10_000_000, 0.06, 12_000_000)]
    [InlineData(10_000_000, 0.04, 8_000_000)]
    [InlineData(5_000_000, 0.06, 6_000_000)]
    [InlineData(60_000_000, 0.10, 100_000_000)]
    public void Apply_AHaircutThatHasGrown_StaysAsFarAboveItsBase(long haircut, double proposed, long expected)
    {
        var checkpoint = new Checkpoint(
            new CheckpointHeader(1, 1, 130_000_000, 1_000_000_000_000, 1_000_000_000_000),
            [new CollateralRecord(1, 7, 18, haircut, 100_000_000), new CollateralRecord(2, 8, 18, haircut, 100_000_000)],
            []);
        Checkpoint after = ImpactCheck.Apply(checkpoint, 7, Before, Before with { Haircut = proposed });
        Assert.Equal([expected, haircut], after.Collaterals.Select(static token => token.HaircutE8));
    }
}
