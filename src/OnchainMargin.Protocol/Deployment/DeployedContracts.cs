using OnchainMargin.Ethereum;

namespace OnchainMargin.Protocol.Deployment;

/// <summary>Where the contracts are.</summary>
public sealed record DeployedContracts
{
    /// <summary>Roles and their timelock (OpenZeppelin).</summary>
    public required Address AccessManager { get; init; }

    /// <summary>Every parameter.</summary>
    public required Address RiskParameters { get; init; }

    /// <summary>Custody of tokens.</summary>
    public required Address MarginVault { get; init; }

    /// <summary>The margin model.</summary>
    public required Address Referee { get; init; }

    /// <summary>Every term of the margin model, for reports.</summary>
    public required Address RefereeReports { get; init; }

    /// <summary>Spot prices, market states and settlement prices.</summary>
    public required Address SpotMarkets { get; init; }

    /// <summary>Volatility surfaces and discounts.</summary>
    public required Address VolSurfaces { get; init; }

    /// <summary>Indices and checkpoints.</summary>
    public required Address PriceHub { get; init; }

    /// <summary>Attesters and epochs.</summary>
    public required Address RiskRegistry { get; init; }

    /// <summary>What attesters lose when they are proved wrong.</summary>
    public required Address AttesterBonds { get; init; }

    /// <summary>Where attestations are proved wrong.</summary>
    public required Address Challenges { get; init; }

    /// <summary>The attesters' steps of parameters and their corridor.</summary>
    public required Address ParameterSteps { get; init; }

    /// <summary>Meters what is lent on attesters' word.</summary>
    public required Address CreditBucket { get; init; }

    /// <summary>Judges proofs of health.</summary>
    public required Address HealthGate { get; init; }

    /// <summary>Accounts, orders, cash.</summary>
    public required Address Clearinghouse { get; init; }

    /// <summary>Lots and auctions.</summary>
    public required Address LiquidationHouse { get; init; }

    /// <summary>Pays the losses that accounts cannot.</summary>
    public required Address InsuranceFund { get; init; }
}
