using OnchainMargin.Margin;
using OnchainMargin.Protocol.Clearing;

namespace OnchainMargin.Protocol.Tests.Clearing;

public sealed class OddStrikesTests
{
    private static readonly Instrument Odd = Instrument.Put(1, 1_900_000_000, 965_500_000);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(5, 1)]
    [InlineData(-5, -1)]
    [InlineData(5, -11)]
    public void Refusal_OfWhatGrows_NamesTheNearestStrikes(long held, long size) =>
        Assert.Equal("Options are opened at strikes of at most three significant digits. The nearest are 96,500.00 and 96,600.00.", OddStrikes.Refusal(Odd, held, size));

    [Theory]
    [InlineData(5, -5)]
    [InlineData(-5, 3)]
    public void Refusal_OfWhatShrinks_IsNone(long held, long size) => Assert.Null(OddStrikes.Refusal(Odd, held, size));

    [Fact]
    public void Refusal_OfAStrikeOfTheGridAndOfWhatHasNone_IsNone()
    {
        Assert.Null(OddStrikes.Refusal(Instrument.Call(1, 1_900_000_000, 825), 0, 1));
        Assert.Null(OddStrikes.Refusal(Instrument.Future(1, 1_900_000_000), 0, 1));
        Assert.Null(OddStrikes.Refusal(Instrument.Perpetual(1), 0, -1));
        Assert.Null(OddStrikes.Refusal(SpotOrders.Of(2), 0, 1));
    }
}
