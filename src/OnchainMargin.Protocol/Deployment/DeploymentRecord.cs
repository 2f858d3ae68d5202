namespace OnchainMargin.Protocol.Deployment;

/// <summary>A deployment of the protocol: all that a client must know to find it.</summary>
public sealed record DeploymentRecord
{
    /// <summary>The chain it is on.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>The block from which its events begin.</summary>
    public required ulong Block { get; init; }

    /// <summary>Where the contracts are.</summary>
    public required DeployedContracts Contracts { get; init; }

    /// <summary>The tokens, by index.</summary>
    public required IReadOnlyList<DeployedToken> Tokens { get; init; }

    /// <summary>The underlyings, by number.</summary>
    public required IReadOnlyList<DeployedUnderlying> Underlyings { get; init; }
}
