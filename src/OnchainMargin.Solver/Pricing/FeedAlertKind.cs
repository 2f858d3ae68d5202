namespace OnchainMargin.Solver.Pricing;

/// <summary>What can be wrong with prices.</summary>
internal enum FeedAlertKind
{
    /// <summary>An endpoint does not answer.</summary>
    EndpointSilent,

    /// <summary>An endpoint's newest block is old, or far behind the others'.</summary>
    EndpointBehind,

    /// <summary>Two endpoints tell different prices of one underlying.</summary>
    EndpointsDisagree,

    /// <summary>A source has no price that it stands for.</summary>
    SourceSilent,

    /// <summary>A source lies far from the middle of the others.</summary>
    SourceDeviates,

    /// <summary>A market is reduce-only or halted.</summary>
    MarketNotNormal,
}
