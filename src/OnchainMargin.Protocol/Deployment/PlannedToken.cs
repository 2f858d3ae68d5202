using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>A token to list.</summary>
public sealed record PlannedToken
{
    /// <summary>What people call it.</summary>
    public required string Symbol { get; init; }

    /// <summary>Its decimals; must be the contract's.</summary>
    public required byte Decimals { get; init; }

    /// <summary>The ERC-20 contract. Empty: a mock that anyone can mint is created.</summary>
    public Address? Address { get; init; }

    /// <summary>How it counts as collateral.</summary>
    public required RiskParameters.TokenParameters Parameters { get; init; }
}
