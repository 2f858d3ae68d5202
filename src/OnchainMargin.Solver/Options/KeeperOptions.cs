namespace OnchainMargin.Solver.Options;

/// <summary>How accounts under water are liquidated.</summary>
public sealed record KeeperOptions
{
    /// <summary>The key that sends and owns the bidding account.</summary>
    public KeyOptions Key { get; init; } = new();

    /// <summary>The margin account that takes what is bought; 0 to prove and start auctions without bidding.</summary>
    public long BidderAccount { get; init; }

    /// <summary>The least profit of a bid after gas and hedging, in E8 of the settlement currency.</summary>
    public long MinimumProfitE8 { get; init; } = 100_000_000;

    /// <summary>The largest gross notional that the bidding account may hold after a bid, in E8.</summary>
    public long InventoryLimitE8 { get; init; } = 1_000_000_00000000;

    /// <summary>What hedging a bid costs, in hundredths of a percent of the notional that it takes over.</summary>
    public int HedgeCostBps { get; init; } = 5;

    /// <summary>The price of one whole native coin (what gas is paid in), in E8 of the settlement currency.</summary>
    public long NativePriceE8 { get; init; } = 3_000_00000000;

    /// <summary>Looks, computes and logs decisions, but sends nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>How many seconds an account is left alone after a start of it was refused.</summary>
    public int CoolDownSeconds { get; init; } = 10;

    /// <summary>How often accounts and lots are looked at when no block comes, in milliseconds.</summary>
    public int PollMilliseconds { get; init; } = 1000;

    internal IEnumerable<string> Errors()
    {
        OptionErrors errors = new("keeper");
        errors.Range(BidderAccount, 0, long.MaxValue);
        errors.Range(MinimumProfitE8, 0, long.MaxValue);
        errors.Range(InventoryLimitE8, 0, long.MaxValue);
        errors.Range(HedgeCostBps, 0, 10_000);
        errors.Range(NativePriceE8, 0, long.MaxValue);
        errors.Range(CoolDownSeconds, 0, 86_400);
        errors.Range(PollMilliseconds, 10, 600_000);
        return [.. Key.Errors("keeper.key", isRequired: true), .. errors.Sentences];
    }
}
