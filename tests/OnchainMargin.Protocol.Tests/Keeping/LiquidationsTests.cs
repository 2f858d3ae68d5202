using System.Text.Json;
using OnchainMargin.Protocol.Keeping;
using OnchainMargin.Tests.Shared;

namespace OnchainMargin.Protocol.Tests.Keeping;

public sealed class LiquidationsTests
{
    [Fact]
    public void RestSeconds_IsThatOfTheSpecification()
    {
        using JsonDocument constants = JsonDocument.Parse(File.ReadAllText(Path.Combine(TestFiles.Root, "spec", "constants.json")));
        Assert.Equal(Liquidations.RestSeconds, constants.RootElement.GetProperty("liquidation").GetProperty("restSeconds").GetUInt64());
    }
}
