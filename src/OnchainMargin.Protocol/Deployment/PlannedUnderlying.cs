using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>An underlying to list.</summary>
public sealed record PlannedUnderlying
{
    /// <summary>What people call it: <c>BTC</c>.</summary>
    public required string Name { get; init; }

    /// <summary>A Chainlink-shaped feed. Empty: a mock that anyone can set is created, which only local chains allow.</summary>
    public Address? Feed { get; init; }

    /// <summary>The first answer of a mock feed.</summary>
    public long MockPriceE8 { get; init; }

    /// <summary>The longest time between two answers.</summary>
    public required uint HeartbeatSeconds { get; init; }

    /// <summary>Answers below are refused.</summary>
    public required ulong MinPriceE8 { get; init; }

    /// <summary>Answers above are refused.</summary>
    public required ulong MaxPriceE8 { get; init; }

    /// <summary>Further sources: adapters that are deployed already, at most four.</summary>
    public IReadOnlyList<Address> MoreSources { get; init; } = [];

    /// <summary>What is asked of its sources; the plan's own when empty.</summary>
    public SpotMarkets.FeedParameters? Feeds { get; init; }

    /// <summary>Its margin parameters.</summary>
    public required RiskParameters.UnderlyingParameters Parameters { get; init; }

    /// <summary>The most that one side of its open interest may lose over the price range, in dollars (CLR-015), 0 for nothing; empty: no bound, which only local chains allow.</summary>
    public UInt128? RiskInterestMaxE8 { get; init; }

    /// <summary>Where and how fast attesters may move its parameters; empty: not at all.</summary>
    public ParameterSteps.UnderlyingCorridor? Corridor { get; init; }
}
