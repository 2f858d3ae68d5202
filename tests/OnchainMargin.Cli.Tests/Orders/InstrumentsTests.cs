using OnchainMargin.Cli.Chain;
using OnchainMargin.Margin;

namespace OnchainMargin.Cli.Tests.Orders;

public sealed class InstrumentsTests
{
    [Theory]
    [InlineData("BTC-PERP", 1, 0)]
    [InlineData("eth-perp", 2, 0)]
    [InlineData("WBTC-SPOT", 1, 4)]
    public void Parse_ANameOfTheDeployment_IsItsInstrument(string name, int place, int kind)
    {
        Instrument instrument = Instruments.Parse(name, Samples.Deployment());

        Assert.Equal(place, instrument.Underlying);
        Assert.Equal(kind, (int)instrument.Kind);
        Assert.Equal(name.ToUpperInvariant(), Instruments.Format(instrument, Samples.Deployment()));
    }

    /// <summary>The settlement token is the cash itself.</summary>
    [Theory]
    [InlineData("USDC-SPOT")]
    [InlineData("DOGE-PERP")]
    public void Parse_AnotherName_SaysWhatThereIs(string name) =>
        Assert.Contains("of BTC, ETH, or a token against cash like WETH-SPOT", Assert.Throws<CliException>(() => Instruments.Parse(name, Samples.Deployment())).Message, StringComparison.Ordinal);
}
