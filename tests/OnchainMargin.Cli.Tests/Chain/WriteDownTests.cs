using OnchainMargin.Cli.Chain;

namespace OnchainMargin.Cli.Tests.Chain;

public sealed class WriteDownTests
{
    /// <summary>A thousand dollars that would share 0.00005 of losses go in without a word, since a top-up has to come in time; of twenty cents it is told.</summary>
    [Theory]
    [InlineData(0, 1_000_000_000, false)]
    [InlineData(50, 1_000_000_000, false)]
    [InlineData(100_000, 1_000_000_000, false)]
    [InlineData(200_000, 1_000_000_000, true)]
    [InlineData(1, 9_999, true)]
    public void IsWorthAWord_IsOfWhatCounts(ulong unpaidRaw, ulong amountRaw, bool expected) => Assert.Equal(expected, WriteDown.IsWorthAWord(unpaidRaw, amountRaw));
}
