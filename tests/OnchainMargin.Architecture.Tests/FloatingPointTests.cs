namespace OnchainMargin.Architecture.Tests;

public sealed class FloatingPointTests
{
    [Fact]
    public void Margin_HasNoFloatingPoint() => Assert.Empty(FloatingPoint.Uses(Assemblies.Path("OnchainMargin.Margin")));

    [Theory]
    [InlineData("field OnchainMargin.Architecture.Tests.FloatingPointProbe.Field: System.Double")]
    [InlineData("signature of OnchainMargin.Architecture.Tests.FloatingPointProbe.Argument: System.Decimal")]
    [InlineData("local of OnchainMargin.Architecture.Tests.FloatingPointProbe.Local: System.Single")]
    [InlineData("use of System.MathF.Sqrt: System.Single")]
    [InlineData("generic call: System.Double")]
    public void Scan_OfTheProbe_SeesEveryKindOfUse(string use)
    {
        var uses = FloatingPoint.Uses(typeof(FloatingPointProbe).Assembly.Location);

        Assert.Contains(uses, found => found.StartsWith(use, StringComparison.Ordinal));
    }
}
