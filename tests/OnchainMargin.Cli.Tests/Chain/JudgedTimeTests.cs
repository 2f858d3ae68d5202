using OnchainMargin.Cli.Chain;

namespace OnchainMargin.Cli.Tests.Chain;

/// <summary>From which time orders and rights are given theirs.</summary>
public sealed class JudgedTimeTests
{
    private const long Now = 1_800_000_000;
    private const ulong TenYears = 315_360_000;

    [Theory]
    [InlineData(1UL, 1_800_000_060UL)]
    [InlineData(1UL, 1_799_999_940UL)]
    [InlineData(31337UL, 1_800_000_000 + TenYears)]
    public void NodesTime_ThatTheClockBearsOut_OrOfALocalChain_IsTaken(ulong chain, ulong node) => Assert.Equal(node, ProtocolSession.JudgedSeconds(chain, node, Now));

    /// <summary>A node that claims a head ten years ahead would have an order of a day signed for ten years.</summary>
    [Theory]
    [InlineData(1_800_000_061UL, "2027-01-15 08:01:01 UTC")]
    [InlineData(1_799_999_939UL, "2027-01-15 07:58:59 UTC")]
    [InlineData(1_800_000_000 + TenYears, "2037-01-12 08:00:00 UTC")]
    [InlineData(ulong.MaxValue, "9999-12-31 23:59:59 UTC")]
    public void NodesTime_ThatTheClockDoesNotBearOut_IsRefused(ulong node, string told) => Assert.Equal(
        $"The node's newest block is of {told} and this computer's clock shows 2027-01-15 08:00:00 UTC, so what is signed or cancelled would end at another time than you think. Nothing was signed or sent: set this computer's clock, or name another node.",
        Assert.Throws<CliException>(() => ProtocolSession.JudgedSeconds(1, node, Now)).Message);
}
