namespace OnchainMargin.Ethereum.Tests.Live;

/// <summary>The tests that share one node.</summary>
[CollectionDefinition(Name)]
public sealed class HardhatGroup : ICollectionFixture<HardhatNode>
{
    public const string Name = "hardhat";
}
