using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Generated;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>What to deploy: tokens, underlyings, attesters and every parameter.</summary>
public sealed record DeploymentPlan
{
    /// <summary>Who may change parameters and roles afterwards; the deployer when empty, which only local chains allow.</summary>
    public Address? Governance { get; init; }

    /// <summary>How long governance's acts wait, in seconds, between their announcement and their execution in the access manager; none when empty, which only local chains allow.</summary>
    public uint? GovernanceDelaySeconds { get; init; }

    /// <summary>How long parameters take that ask for more margin (PAR-005), from after the deployment on: an hour to 30 days; 0: they act at once, until governance says otherwise.</summary>
    public uint RampSeconds { get; init; }

    /// <summary>Who may pause operations that raise risk, and stop attesters' steps; governance when empty, which only local chains allow.</summary>
    public Address? Guardian { get; init; }

    /// <summary>Who may attest; may be empty in the file when the command line names them.</summary>
    public IReadOnlyList<Address> Attesters { get; init; } = [];

    /// <summary>How many of them must sign.</summary>
    public int Threshold { get; init; } = 1;

    /// <summary>The bond of one attester, in base units of the settlement token. The credit on attesters' word is a part of it (CLR-051).</summary>
    public required ulong AttesterBondRaw { get; init; }

    /// <summary>The tokens in the order of their indices; the first is the settlement token.</summary>
    public required IReadOnlyList<PlannedToken> Tokens { get; init; }

    /// <summary>The underlyings in the order of their numbers, from 1.</summary>
    public required IReadOnlyList<PlannedUnderlying> Underlyings { get; init; }

    /// <summary>From maintenance to initial margin.</summary>
    public required uint InitialFactorE8 { get; init; }

    /// <summary>Fees and bands.</summary>
    public required RiskParameters.ClearingParameters Clearing { get; init; }

    /// <summary>Interest on negative cash.</summary>
    public required RiskParameters.InterestParameters Interest { get; init; }

    /// <summary>Clocks and clamps.</summary>
    public required RiskParameters.OracleParameters Oracle { get; init; }

    /// <summary>What is asked of the sources of every underlying that names nothing else.</summary>
    public required SpotMarkets.FeedParameters Feeds { get; init; }

    /// <summary>Bands and speeds of volatility surfaces, and the rate of discounts.</summary>
    public required VolSurfaces.SurfaceParameters Surfaces { get; init; }

    /// <summary>Lots.</summary>
    public required RiskParameters.LiquidationParameters Liquidation { get; init; }
}
