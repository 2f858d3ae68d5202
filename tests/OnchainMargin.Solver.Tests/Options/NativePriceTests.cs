using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Tests.Api;

namespace OnchainMargin.Solver.Tests.Options;

public sealed class NativePriceTests
{
    [Fact]
    public void Require_AnUnderlyingThatIsNotListed_IsRefusedWithThoseThatAre()
    {
        SolverOptionsException error = Assert.Throws<SolverOptionsException>(() => NativePrice.Require(ApiWorld.Record(), new KeeperOptions { NativeUnderlying = "EHT" }));
        Assert.Equal("Option keeper:nativeUnderlying is 'EHT', which is no underlying of the deployment; name one of BTC, ETH, or leave it empty and set keeper:nativePriceE8.", error.Message);
        NativePrice.Require(ApiWorld.Record(), new KeeperOptions { NativeUnderlying = "" });
        NativePrice.Require(ApiWorld.Record(), new KeeperOptions { NativeUnderlying = "eth" });
    }
}
