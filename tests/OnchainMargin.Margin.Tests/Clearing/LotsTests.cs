namespace OnchainMargin.Margin.Tests.Clearing;

public sealed class LotsTests
{
    private const long One = 100_000_000;
    private const long Gwei = 1_000_000_000;

    [Theory]
    [InlineData(10_000, 158_000, 20, 948_000_000)] // the gas: 158,000 at 20 gwei and 3,000 dollars a coin
    [InlineData(100, 158_000, 20, 500_000_000)] // a twentieth of the equity
    [InlineData(1_000_000, 1_200_000, 1_000, 100_000_000_000)] // the most
    [InlineData(0, 158_000, 20, 0)]
    [InlineData(-1, 158_000, 20, 0)]
    [InlineData(10_000, 158_000, 0, 0)]
    public void RewardDown_Known_IsTheLeastOfGasShareAndMost(long equity, long gas, long gwei, long expected) =>
        Assert.Equal(expected, Lots.RewardDown((Int128)equity * One, gas, gwei * Gwei, 3_000 * One, 5_000_000, 1_000 * One));
}
