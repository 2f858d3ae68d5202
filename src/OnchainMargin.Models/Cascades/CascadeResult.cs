namespace OnchainMargin.Models.Cascades;

/// <summary>What a crash did under one way of liquidating. Money is a part of the open interest's value at the start.</summary>
public sealed record CascadeResult
{
    /// <summary>The way.</summary>
    public required string Name { get; init; }

    /// <summary>The deepest the price was pushed under the path without liquidations.</summary>
    public required double WorstImpact { get; init; }

    /// <summary>Accounts that lost a position or a part of it.</summary>
    public required int Liquidated { get; init; }

    /// <summary>Of them, those that were hedged.</summary>
    public required int HedgedLiquidated { get; init; }

    /// <summary>Accounts that ended without any position or equity.</summary>
    public required int Lost { get; init; }

    /// <summary>What was owed beyond equity.</summary>
    public required double BadDebt { get; init; }

    /// <summary>What insurance paid.</summary>
    public required double InsuranceUsed { get; init; }

    /// <summary>Equity of all accounts at the end.</summary>
    public required double EquityLeft { get; init; }

    /// <summary>What keepers earned, marked at the end.</summary>
    public required double KeeperGain { get; init; }

    /// <summary>Price at every step.</summary>
    public required IReadOnlyList<double> Prices { get; init; }

    /// <summary>Notional sold on the market so far, as a part of the open interest.</summary>
    public required IReadOnlyList<double> Sold { get; init; }
}
