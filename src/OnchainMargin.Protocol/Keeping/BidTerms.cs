using OnchainMargin.Ethereum;

namespace OnchainMargin.Protocol.Keeping;

/// <summary>What a bid is judged by. Money in E8 of the settlement currency.</summary>
public sealed record BidTerms
{
    /// <summary>The fraction of the whole lot.</summary>
    public required ulong FractionE8 { get; init; }

    /// <summary>What the fraction is worth at live marks.</summary>
    public required Int128 ShareE8 { get; init; }

    /// <summary>What the chain asks for it now, from <see cref="ProtocolClient.QuoteBidAsync"/>; negative when insurance pays.</summary>
    public required Int128 PayE8 { get; init; }

    /// <summary>What hedging it costs, from <see cref="HedgeCosts"/>.</summary>
    public required Int128 HedgeE8 { get; init; }

    /// <summary>The gas that the transaction uses, with a margin. Its limit may be above that: prices that its block has to update first come on top.</summary>
    public required ulong Gas { get; init; }

    /// <summary>What a transaction must offer for a unit of gas now, in wei.</summary>
    public required UInt256 OfferWei { get; init; }

    /// <summary>The most that may ever be offered for a unit of gas, in wei.</summary>
    public required UInt256 CapWei { get; init; }

    /// <summary>The price of one whole native coin, in which gas is paid.</summary>
    public required long NativePriceE8 { get; init; }

    /// <summary>The least profit.</summary>
    public required Int128 MinimumProfitE8 { get; init; }

    /// <summary>How much of what is left above the least profit may be spent on gas, in percent; the rest is room for the price to move. 0 to 100.</summary>
    public int GasSharePercent { get; init; } = 50;
}
