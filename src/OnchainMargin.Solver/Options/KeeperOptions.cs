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

    /// <summary>The largest net exposure to one underlying that the bidding account may hold after a bid that raises it, in E8 of the settlement currency.</summary>
    public long NetLimitE8 { get; init; } = 500_000_00000000;

    /// <summary>The fees of hedging a bid, in hundredths of a percent of the notional that it takes over; slippage comes on top.</summary>
    public int HedgeCostBps { get; init; } = 5;

    /// <summary>A folder of order-book snapshots, BTC.csv and so on with the columns side, price and qty, from which the slippage of hedges is taken; empty to take what the protocol charges for liquidity.</summary>
    public string DepthFolder { get; init; } = "";

    /// <summary>How old a snapshot of depthFolder may be, by the time at which its file was written, in seconds; an older one counts as none.</summary>
    public int DepthMaximumAgeSeconds { get; init; } = 600;

    /// <summary>How much of what a bid brings above the least profit may be spent on raising its fee, in percent; the rest is room for the price to move.</summary>
    public int GasSharePercent { get; init; } = 50;

    /// <summary>The most that the gas of one start (less its reward), end, enlargement, takeover, settlement, wind-down, covering of losses or claim may cost, in E8 of the settlement currency; a twentieth of what is at stake with it, where that is more.</summary>
    public long DutyCostE8 { get; init; } = 100_00000000;

    /// <summary>The most that dust may cost within a day beyond what the chain pays for it, in E8 of the settlement currency: those of them that have less at stake than twenty times their gas. Then only what matters is done.</summary>
    public long DutyDayE8 { get; init; } = 5_000_00000000;

    /// <summary>Whether expired positions of others are settled.</summary>
    public bool SettlesExpired { get; init; } = true;

    /// <summary>The underlying whose live price is that of the native coin (what gas is paid in); empty where it is no underlying.</summary>
    public string NativeUnderlying { get; init; } = "ETH";

    /// <summary>The price of one whole native coin where it is no underlying, in E8 of the settlement currency.</summary>
    public long NativePriceE8 { get; init; } = 3_000_00000000;

    /// <summary>Looks, computes and logs decisions, but sends nothing, of what an earlier run left in the store either. No other role may send from the keeper's key then.</summary>
    public bool DryRun { get; init; }

    /// <summary>How many seconds a start, a bid or a duty of an account or lot is left alone after the chain refused it, or the node did not answer. After it was reverted on chain twice as long each time, up to five minutes; a start only as long as the account has half of what is asked of it.</summary>
    public int CoolDownSeconds { get; init; } = 10;

    /// <summary>How often accounts and lots are looked at when no block comes, in milliseconds.</summary>
    public int PollMilliseconds { get; init; } = 1000;

    internal IEnumerable<string> Errors()
    {
        OptionErrors errors = new("keeper");
        errors.Range(BidderAccount, 0, long.MaxValue);
        errors.Range(MinimumProfitE8, 0, long.MaxValue);
        errors.Range(InventoryLimitE8, 0, long.MaxValue);
        errors.Range(NetLimitE8, 0, long.MaxValue);
        errors.Range(HedgeCostBps, 0, 10_000);
        errors.Range(GasSharePercent, 0, 100);
        errors.Range(DutyCostE8, 0, long.MaxValue);
        errors.Range(DutyDayE8, 0, long.MaxValue);
        errors.Require(DepthFolder.Length == 0 || Directory.Exists(DepthFolder), "depthFolder", $"names '{DepthFolder}', which is no folder; name one with BTC.csv and so on, or leave it empty");
        errors.Range(DepthMaximumAgeSeconds, 1, 31_536_000);
        errors.Range(NativePriceE8, 0, long.MaxValue);
        errors.Range(CoolDownSeconds, 0, 86_400);
        errors.Range(PollMilliseconds, 10, 600_000);
        return [.. Key.Errors("keeper:key", isRequired: true), .. errors.Sentences];
    }
}
