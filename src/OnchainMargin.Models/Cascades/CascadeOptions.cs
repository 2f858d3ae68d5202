namespace OnchainMargin.Models.Cascades;

/// <summary>A crash and the book that meets it.</summary>
public sealed record CascadeOptions
{
    /// <summary>Accounts.</summary>
    public int Accounts { get; init; } = 2000;

    /// <summary>Open interest as a multiple of the depth, which is what the market takes at 1 % of slippage.</summary>
    public double OpenInterestOverDepth { get; init; } = 12;

    /// <summary>Share of accounts that hold spot against a short perpetual.</summary>
    public double HedgedShare { get; init; } = 0.2;

    /// <summary>Least leverage of the others.</summary>
    public double LeverageLeast { get; init; } = 1.2;

    /// <summary>Largest leverage; what initial margin does not allow is cut to it.</summary>
    public double LeverageMost { get; init; } = 5;

    /// <summary>What the keepers hold together, as a part of the open interest's value at the start.</summary>
    public double KeeperCapital { get; init; } = 0.05;

    /// <summary>What a keeper asks for taking a position over, of its notional.</summary>
    public double KeeperReturn { get; init; } = 0.004;

    /// <summary>In how many hours a keeper sells what it took over.</summary>
    public double KeeperUnwindHours { get; init; } = 8;

    /// <summary>Half-life of market impact, hours.</summary>
    public double ImpactHalfLifeHours { get; init; } = 2;

    /// <summary>Insurance, as a part of the open interest's value at the start.</summary>
    public double Insurance { get; init; } = 0.01;

    /// <summary>Seed of the book.</summary>
    public int Seed { get; init; } = 1;
}
