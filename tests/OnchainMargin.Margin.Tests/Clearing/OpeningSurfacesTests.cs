using System.Text.Json;
using OnchainMargin.Oracle;

namespace OnchainMargin.Margin.Tests.Clearing;

public sealed class OpeningSurfacesTests
{
    private const long Published = 1_800_000_000;

    [Theory]
    [InlineData(3600, 7201, false)]
    [InlineData(3601, 7201, true)]
    [InlineData(3601, 7200, false)]
    [InlineData(7199, 7200, false)]
    [InlineData(86_400, 90_000, true)]
    public void IsTooOld_AfterAnHourUnlessPublishedInTheLastTwoHours(long age, long life, bool isTooOld) =>
        Assert.Equal(isTooOld, OpeningSurfaces.IsTooOld(Published, Published + life, Published + age));

    [Fact]
    public void OpensSeconds_IsTheSpecifications()
    {
        using JsonDocument constants = JsonDocument.Parse(File.ReadAllText(SpecFiles.At("spec", "constants.json")));
        Assert.Equal(OpeningSurfaces.OpensSeconds, constants.RootElement.GetProperty("clearing").GetProperty("surfaceOpensSeconds").GetInt64());
    }
}
