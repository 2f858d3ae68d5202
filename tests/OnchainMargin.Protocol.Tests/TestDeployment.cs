using OnchainMargin.Protocol.Deployment;

namespace OnchainMargin.Protocol.Tests;

/// <summary>A deployment at made-up addresses.</summary>
internal static class TestDeployment
{
    public static DeploymentRecord Record { get; } = new()
    {
        ChainId = 31337,
        Block = 1,
        Contracts = SampleDeployment.Contracts,
        Tokens = [],
        Underlyings = [],
    };
}
