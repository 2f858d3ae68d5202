using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Cli.Tests;

/// <summary>Made-up values for tests without a chain.</summary>
internal static class Samples
{
    public static DeploymentRecord Deployment() => new()
    {
        ChainId = 31337,
        Block = 1,
        Contracts = SampleDeployment.Contracts,
        Tokens = [new DeployedToken(0, "USDC", SampleDeployment.At(12), 6, 0), new DeployedToken(1, "WBTC", SampleDeployment.At(13), 8, 1)],
        Underlyings = [new DeployedUnderlying(1, "BTC", SampleDeployment.At(14), SampleDeployment.At(15)), new DeployedUnderlying(2, "ETH", SampleDeployment.At(16), SampleDeployment.At(17))],
    };
}
