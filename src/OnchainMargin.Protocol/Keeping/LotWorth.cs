using System.Collections.Immutable;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;

namespace OnchainMargin.Protocol.Keeping;

/// <summary>What a part of a lot is worth and holds at live prices. Money in E8.</summary>
/// <param name="FractionE8">The part, of the whole lot.</param>
/// <param name="EquityE8">Its equity at live marks.</param>
/// <param name="GrossE8">Its notional, Σ |size|·spot.</param>
/// <param name="DeltasE8">Its net delta by underlying, in units E8.</param>
public sealed record LotWorth(ulong FractionE8, Int128 EquityE8, Int128 GrossE8, ImmutableSortedDictionary<ushort, Int128> DeltasE8)
{
    /// <summary>The whole of a lot; null when live prices lack a market that it holds.</summary>
    public static LotWorth? Of(BookLot lot, ProtocolBook book, CheckpointInputs live)
    {
        ArgumentNullException.ThrowIfNull(book);
        ArgumentNullException.ThrowIfNull(live);
        (AccountState whole, ImmutableArray<Balance> balances) = LotParts.Whole(lot, live.Checkpoint.Header, book.Settlements);
        return Liquidations.Figures(whole, balances, live) is { } figures
            ? new LotWorth(LotParts.WholeE8, figures.EquityE8, Liquidations.GrossE8(whole, live), Liquidations.NetDeltasE8(whole, balances, live))
            : null;
    }

    /// <summary>The largest part of a lot that one bid takes at live prices (<see cref="LotParts.BidMostE8"/>): a bid for more takes this. 0 where the chain takes no bid; all that is left for sale where live prices lack a market that it holds.</summary>
    public static ulong BidMostE8(BookLot lot, ProtocolBook book, CheckpointInputs live)
    {
        ArgumentNullException.ThrowIfNull(lot);
        ArgumentNullException.ThrowIfNull(book);
        ArgumentNullException.ThrowIfNull(live);
        (AccountState left, ImmutableArray<Balance> balances) = LotParts.Rest(lot, book.Accounts[lot.Account], live.Checkpoint.Header, book.Settlements);
        return LotParts.BidMostE8(lot, left, Liquidations.Figures(left, balances, live), book.Parameters.Liquidation);
    }

    /// <summary>A part of the whole.</summary>
    /// <param name="fractionE8">The part, of the whole lot.</param>
    public LotWorth Part(ulong fractionE8)
    {
        Int128 Cut(Int128 whole) => whole * (Int128)fractionE8 / (Int128)LotParts.WholeE8;
        return new LotWorth(fractionE8, Cut(EquityE8), Cut(GrossE8), DeltasE8.ToImmutableSortedDictionary(static pair => pair.Key, pair => Cut(pair.Value)));
    }
}
