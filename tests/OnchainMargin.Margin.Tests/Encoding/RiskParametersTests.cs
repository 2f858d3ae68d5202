namespace OnchainMargin.Margin.Tests.Encoding;

public sealed class RiskParametersTests
{
    [Theory]
    [InlineData(1_000_000, 1_000_000)]
    [InlineData(16_000_015, 1_000_000)]
    [InlineData(16_000_016, 1_000_001)]
    [InlineData(25_000_000, 1_562_500)]
    [InlineData(32_000_000, 2_000_000)]
    public void ShortMinimumOf_Range_IsASixteenthAndOnePercentAtLeast(uint range, uint expected) => Assert.Equal(expected, RiskParameters.ShortMinimumOf(range));
}
