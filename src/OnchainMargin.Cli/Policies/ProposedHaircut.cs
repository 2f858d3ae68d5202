namespace OnchainMargin.Cli.Policies;

/// <summary>How a token is to count as collateral, all three of <c>RiskParameters.setToken</c>, E8.</summary>
internal sealed class ProposedHaircut
{
    /// <summary>The haircut below the threshold.</summary>
    public required uint HaircutBaseE8 { get; init; }

    /// <summary>The largest haircut.</summary>
    public required uint HaircutMaxE8 { get; init; }

    /// <summary>The vault's total, in whole tokens E8, at which it begins to grow; 0 for no growth.</summary>
    public ulong ThresholdE8 { get; init; }
}
