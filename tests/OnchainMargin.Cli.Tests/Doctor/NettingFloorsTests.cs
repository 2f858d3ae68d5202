using OnchainMargin.Cli.Doctor;
using OnchainMargin.Margin;

namespace OnchainMargin.Cli.Tests.Doctor;

/// <summary>Unequal netting floors of a risk group are told, with their names.</summary>
public sealed class NettingFloorsTests
{
    private const long Price = 100_000_000_000;

    [Fact]
    public void Look_EqualInEachGroup_IsWell()
    {
        Finding finding = NettingFloors.Look([Record(1, 1, 50_000_000), Record(2, 1, 50_000_000), Record(3, 2, 60_000_000)], Name);

        Assert.Equal(("parameters", FindingState.Well), (finding.Check, finding.State));
    }

    [Fact]
    public void Look_UnequalInAGroup_NamesThem()
    {
        Finding finding = NettingFloors.Look([Record(1, 1, 50_000_000), Record(2, 2, 50_000_000), Record(3, 2, 60_000_000)], Name);

        Assert.Equal(FindingState.Odd, finding.State);
        Assert.Contains("group 2 (U2 0.5, U3 0.6)", finding.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("group 1", finding.Text, StringComparison.Ordinal);
    }

    private static string Name(ushort underlying) => $"U{underlying}";

    private static UnderlyingRecord Record(ushort underlying, byte group, uint nettingFloorE8) => new(
        underlying,
        group,
        MarketState.Normal,
        Price,
        Price,
        0,
        0,
        Price,
        0,
        Price,
        new RiskParameters(16_000_000, 50_000_000, 50_000_000, 1_000_000, 400_000, 7_500_000, 1_000_000, 10_000_000, 5_000_000, 10_000_000, 1_000_000, 1_000_000, nettingFloorE8),
        []);
}
