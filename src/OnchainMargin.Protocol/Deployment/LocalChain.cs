namespace OnchainMargin.Protocol.Deployment;

/// <summary>The chain of development nodes, where nothing is worth anything.</summary>
public static class LocalChain
{
    /// <summary>Its number, the same at Hardhat and Anvil.</summary>
    public const ulong Id = 31337;
}
