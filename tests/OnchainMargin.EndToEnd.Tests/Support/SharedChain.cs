namespace OnchainMargin.EndToEnd.Tests.Support;

/// <summary>Tests that share a node run one after another: time and blocks are the node's.</summary>
[CollectionDefinition(Name)]
public sealed class SharedChain : ICollectionFixture<ChainFixture>
{
    public const string Name = "chain";
}
