using System.Collections.Immutable;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using RiskParameters = OnchainMargin.Protocol.Generated.RiskParameters;

namespace OnchainMargin.Protocol.Clearing;

/// <summary>The parts of a lot (spec/clearing.md, section 5), equal to the contract's: its whole price basis (CLR-041) and what is left of the account (CLR-043).</summary>
public static class LotParts
{
    /// <summary>The whole of a lot, as a fraction.</summary>
    public const ulong WholeE8 = 100_000_000;

    /// <summary>What a lot is worth to who takes it whole: its state with interest since it began, legs settled that have their price, and its tokens.</summary>
    public static (AccountState State, ImmutableArray<Balance> Balances) Whole(BookLot lot, CheckpointHeader indices, SettlementPrices settlements)
    {
        ArgumentNullException.ThrowIfNull(lot);
        ArgumentNullException.ThrowIfNull(settlements);
        (AccountState state, ImmutableArray<Balance> balances) = Started(lot);
        return (settlements.SettleLot(state with { CashE8 = AccountTouch.CashWithInterest(state, indices) }), balances);
    }

    /// <summary>The account's state and tokens when the lot began.</summary>
    public static (AccountState State, ImmutableArray<Balance> Balances) Started(BookLot lot)
    {
        ArgumentNullException.ThrowIfNull(lot);
        return (Read(lot), Balances.Unpack(lot.Balances));
    }

    /// <summary>The account as it would be if the lot ended now: the unsold part with interest, the proceeds, and the tokens that it holds now.</summary>
    /// <param name="lot">The lot.</param>
    /// <param name="account">The lot's account.</param>
    /// <param name="indices">Whose indices count: the last checkpoint's, or those of now.</param>
    /// <param name="settlements">The settlement prices that are fixed.</param>
    [SpecRule("CLR-043")]
    public static (AccountState State, ImmutableArray<Balance> Balances) Rest(BookLot lot, BookAccount account, CheckpointHeader indices, SettlementPrices settlements)
    {
        ArgumentNullException.ThrowIfNull(lot);
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(settlements);
        AccountState whole = Read(lot);
        AccountState left = whole with
        {
            CashE8 = whole.CashE8 - Lots.Sold(whole.CashE8, (long)lot.SoldE8),
            Positions = lot.SoldE8 == WholeE8
                ? []
                : [.. whole.Positions.Select(position => position with
                {
                    SizeE8 = position.SizeE8 - (long)Lots.Sold(position.SizeE8, (long)lot.SoldE8),
                    CostE8 = position.CostE8 - Lots.Sold(position.CostE8, (long)lot.SoldE8),
                })],
        };
        return (settlements.SettleLot(left with { CashE8 = AccountTouch.CashWithInterest(left, indices) + (Int128)lot.ProceedsE8 }), account.Balances);
    }

    /// <summary>The same of an account of a book; null when it is in no open lot. Its stored state is of before the lot and its tokens are of now, so that nothing can be reckoned of the two together.</summary>
    /// <param name="account">The account.</param>
    /// <param name="book">The book that it is in.</param>
    /// <param name="indices">Whose indices count: the last checkpoint's, or those of now.</param>
    public static (AccountState State, ImmutableArray<Balance> Balances)? RestOf(BookAccount account, ProtocolBook book, CheckpointHeader indices)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(book);
        return account.OpenLot != 0 && book.Lots.TryGetValue(account.OpenLot, out BookLot? lot) ? Rest(lot, account, indices, book.Settlements) : null;
    }

    /// <summary>The equity of what is left of a lot from which on the chain takes no bid: more than the maintenance margin at which the lot can be ended. Null where health decides both, since nothing is open in it or a leg was settled.</summary>
    /// <param name="lot">The lot.</param>
    /// <param name="left">What is left of it.</param>
    /// <param name="terms">The parameters of liquidation.</param>
    [SpecRule("CLR-041")]
    public static Int128? RestoredAtE8(BookLot lot, AccountState left, RiskParameters.LiquidationParameters terms)
    {
        ArgumentNullException.ThrowIfNull(lot);
        ArgumentNullException.ThrowIfNull(left);
        return left.Positions.IsEmpty || left.Pack().Length != lot.State.Length ? null : Lots.RestoredAtE8((Int128)lot.MaintenanceE8, terms.TargetE8, (long)lot.SoldE8);
    }

    /// <summary>The most of a lot that one bid takes; 0 where the chain takes none, since nothing is left for sale or what is left is restored.</summary>
    /// <param name="lot">The lot.</param>
    /// <param name="left">What is left of it.</param>
    /// <param name="figures">Those of what is left, at the surfaces that are better for it; null where prices lack a market that it holds, and all that is left for sale may be bid for.</param>
    /// <param name="terms">The parameters of liquidation.</param>
    [SpecRule("CLR-041")]
    public static ulong BidMostE8(BookLot lot, AccountState left, AccountFigures? figures, RiskParameters.LiquidationParameters terms)
    {
        ArgumentNullException.ThrowIfNull(lot);
        if (figures is not { } now)
        {
            return lot.LeftE8;
        }

        Int128? restoredAtE8 = RestoredAtE8(lot, left, terms);
        if (lot.LeftE8 == 0 || now.EquityE8 >= (restoredAtE8 ?? now.MaintenanceE8))
        {
            return 0;
        }

        Int128 marginE8 = restoredAtE8 is null ? now.MaintenanceE8 : Lots.KeptUp((Int128)lot.MaintenanceE8, (long)lot.SoldE8);
        return Math.Min(lot.LeftE8, (ulong)Lots.BidMostUp(now.EquityE8, marginE8, terms.TargetE8, terms.DiscountMaxE8, terms.BidMinE8, (long)lot.SoldE8));
    }

    /// <summary>A lot as it is once somebody shows a margin of what is left of it: the larger of what is for sale, and of the margin that the lot keeps.</summary>
    /// <param name="lot">The lot, of which something is left.</param>
    /// <param name="equityE8">The equity of what is left.</param>
    /// <param name="shownE8">The margin that is shown of it.</param>
    /// <param name="terms">The parameters of liquidation.</param>
    [SpecRule("CLR-041")]
    public static BookLot Enlarged(BookLot lot, Int128 equityE8, Int128 shownE8, RiskParameters.LiquidationParameters terms)
    {
        ArgumentNullException.ThrowIfNull(lot);
        (Int128 whole, Int128 sold) = ((Int128)WholeE8, (Int128)lot.SoldE8);
        Int128 forSale = sold + ((whole - sold) * Lots.ForSale(equityE8, shownE8, terms.TargetE8, terms.DiscountMaxE8, terms.BidMinE8) / whole);
        return lot with { ForSaleE8 = Math.Max(lot.ForSaleE8, (ulong)forSale), MaintenanceE8 = UInt128.Max(lot.MaintenanceE8, (UInt128)(shownE8 * whole / (whole - sold))) };
    }

    private static AccountState Read(BookLot lot)
    {
        MarginError error = AccountState.Unpack(lot.State, out AccountState? state);
        return error == MarginError.None && state is not null
            ? state
            : throw new ProtocolException($"The state of lot {lot.Id} cannot be read ({error}); check that the deployment is of this version.");
    }
}
