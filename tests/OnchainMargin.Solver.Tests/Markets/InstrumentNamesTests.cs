using OnchainMargin.Margin;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Tests.Api;

namespace OnchainMargin.Solver.Tests.Markets;

public sealed class InstrumentNamesTests
{
    private const uint March = 1_774_598_400;
    private const uint October = 1_792_742_400;

    private readonly InstrumentNames _names = new(new ApiWorld().Deployment);

    public static TheoryData<string, Instrument> Names => new()
    {
        { "BTC-PERP", Instrument.Perpetual(1) },
        { "ETH-27MAR26", Instrument.Future(2, March) },
        { "BTC-27MAR26-90000-C", Instrument.Call(1, March, 900_000_000) },
        { "ETH-27MAR26-0.0125-P", Instrument.Put(2, March, 125) },
        { "ETH-23OCT26-3000-P", Instrument.Put(2, October, 30_000_000) },
        { "WETH-SPOT", SpotOrders.Of(1) },
        { "ETH-23OCT26T080001", Instrument.Future(2, October + 1) },
    };

    [Theory]
    [MemberData(nameof(Names))]
    public void Name_ThereAndBack_IsTheSame(string name, Instrument instrument)
    {
        Assert.Equal(name, _names.Format(instrument));
        Assert.Equal(instrument, _names.Parse(name));
    }

    [Theory]
    [InlineData("DOGE-PERP")]
    [InlineData("USDC-SPOT")]
    [InlineData("DOGE-SPOT")]
    [InlineData("BTC")]
    [InlineData("BTC-31FEB26")]
    [InlineData("BTC-27MAR26-90000-X")]
    [InlineData("BTC-27MAR26-0-C")]
    [InlineData("BTC-27MAR26-1e9-C")]
    public void Parse_OfNonsense_IsNothing(string name) => Assert.Null(_names.Parse(name));
}
