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

    /// <summary>The ERC-20 contract. Empty: a mock that anyone can mint is created, which only local chains allow.</summary>
    public Address? Address { get; init; }

    /// <summary>Whether it wraps ether, as the token behind <c>depositEther</c> must; its mock does then.</summary>
    public bool WrapsEther { get; init; }

    /// <summary>A Chainlink-shaped feed of its price, for a token that is no underlying. Empty: the settlement token counts one dollar, any other token nothing.</summary>
    public Address? Feed { get; init; }

    /// <summary>The longest time between two answers of the feed.</summary>
    public uint HeartbeatSeconds { get; init; }

    /// <summary>Answers of the feed below are refused.</summary>
    public ulong MinPriceE8 { get; init; }

    /// <summary>Answers of the feed above are refused.</summary>
    public ulong MaxPriceE8 { get; init; }

    /// <summary>How it counts as collateral.</summary>
    public required RiskParameters.TokenParameters Parameters { get; init; }

    /// <summary>How much of it counts as collateral in all, in whole tokens (CLR-034). The settlement token has none; empty for another: no bound, which only local chains allow.</summary>
    public ulong? CapWholeTokens { get; init; }

    /// <summary>How long the cap takes to open.</summary>
    public uint CapRampSeconds { get; init; }

    /// <summary>Where and how fast attesters may move its base haircut; empty: not at all.</summary>
    public ParameterSteps.Band? Corridor { get; init; }
}
