using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using RiskParameters = OnchainMargin.Protocol.Generated.RiskParameters;

namespace OnchainMargin.Protocol.Book;

/// <summary>A lot as the events tell it.</summary>
public sealed record BookLot
{
    /// <summary>Its number.</summary>
    public required ulong Id { get; init; }

    /// <summary>The account whose portfolio it sells.</summary>
    public required ulong Account { get; init; }

    /// <summary>Who proved that the account was under water.</summary>
    public required Address Keeper { get; init; }

    /// <summary>The commitment of the preimage.</summary>
    public required Hash32 LotHash { get; init; }

    /// <summary>The account's state when the lot began.</summary>
    public required byte[] State { get; init; }

    /// <summary>The account's tokens when the lot began.</summary>
    public required byte[] Balances { get; init; }

    /// <summary>Equity when the lot began.</summary>
    public required Int128 EquityE8 { get; init; }

    /// <summary>The most that a witness showed of the requirement.</summary>
    public required UInt128 MaintenanceE8 { get; init; }

    /// <summary>The fraction that may be sold.</summary>
    public required ulong ForSaleE8 { get; init; }

    /// <summary>The fraction that is sold.</summary>
    public ulong SoldE8 { get; init; }

    /// <summary>What bidders paid in.</summary>
    public UInt128 ProceedsE8 { get; init; }

    /// <summary>What insurance paid.</summary>
    public UInt128 InsuredE8 { get; init; }

    /// <summary>Since when it is shown to lack something, in Unix seconds: the incentive of its bidders rises from here. 0 while it is not.</summary>
    public ulong InsolventSinceSeconds { get; init; }

    /// <summary>Whether it gave open needs more than dust: its account rests once it ends, as after a sale in part.</summary>
    public bool HasServed { get; init; }

    /// <summary>How many bids it had.</summary>
    public int Bids { get; init; }

    /// <summary>When grace ends and bidding begins, in Unix seconds.</summary>
    public required ulong BiddingFromSeconds { get; init; }

    /// <summary>Since when its discount rises, in Unix seconds: from the end of grace, or earlier by the age of the lot that it resumes. The age is known where logs carry the times of their blocks.</summary>
    public required ulong StartSeconds { get; init; }

    /// <summary>The block in which it began.</summary>
    public required ulong StartedInBlock { get; init; }

    /// <summary>The block in which it ended; 0 while it is open.</summary>
    public ulong EndedInBlock { get; init; }

    /// <summary>When it ended, in Unix seconds; 0 while it is open, or where logs carry no times.</summary>
    public ulong EndedAtSeconds { get; init; }

    /// <summary>Whether it is open.</summary>
    public bool IsOpen => EndedInBlock == 0;

    /// <summary>Its discount at a second, in E8: what the chain's <c>discountOf</c> gives in a block of that second (CLR-041).</summary>
    /// <param name="atSeconds">When, in Unix seconds.</param>
    /// <param name="terms">The parameters of liquidation.</param>
    public ulong DiscountE8(ulong atSeconds, RiskParameters.LiquidationParameters terms) =>
        terms.DiscountRampSeconds == 0 ? 0 : (ulong)Lots.Discount((long)(atSeconds - Math.Min(atSeconds, StartSeconds)), terms.DiscountMaxE8, terms.DiscountRampSeconds);

    /// <summary>What is left for sale.</summary>
    public ulong LeftE8 => ForSaleE8 > SoldE8 ? ForSaleE8 - SoldE8 : 0;
}
