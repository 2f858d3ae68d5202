using System.Collections.Immutable;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;

namespace OnchainMargin.Protocol.Clearing;

/// <summary>An account as an operation finds it: what the margin's pure functions need of the vault is brought to them here.</summary>
public static class AccountTouch
{
    private const int CashDecimals = 8;

    /// <summary>The cash with the interest since its index (CLR-001). Of an account that was touched after that header it is the cash that it has.</summary>
    /// <param name="state">The state.</param>
    /// <param name="indices">Whose indices count: the last checkpoint's, or those of now.</param>
    public static Int128 CashWithInterest(AccountState state, CheckpointHeader indices)
    {
        ArgumentNullException.ThrowIfNull(state);
        return Interest.AccrueFloor(state.CashE8, state.InterestIndexE12, Math.Max(state.InterestIndexE12, Interest.IndexOf(state.CashE8, indices)));
    }

    /// <summary>The cash that the settlement token in the vault becomes (CLR-002).</summary>
    /// <param name="balances">Tokens of the account.</param>
    /// <param name="settlementDecimals">Decimals of the settlement token, at most 8.</param>
    public static Int128 SweptE8(ImmutableArray<Balance> balances, byte settlementDecimals) =>
        (Int128)balances.FirstOrDefault(static balance => balance.Token == 0).AmountRaw * (Int128)UnitE8(settlementDecimals);

    /// <summary>What a base unit of the settlement token is in cash.</summary>
    /// <param name="settlementDecimals">Decimals of the settlement token, at most 8.</param>
    public static UInt128 UnitE8(int settlementDecimals)
    {
        UInt128 unit = 1;
        for (int decimals = settlementDecimals; decimals < CashDecimals; decimals++)
        {
            unit *= 10;
        }

        return unit;
    }

    /// <summary>An account of a book as it is stored, with what has expired settled; one in an open lot as it would be if the lot ended now.</summary>
    /// <param name="account">The account.</param>
    /// <param name="book">The book that it is in.</param>
    /// <param name="indices">Whose indices count for a lot: the last checkpoint's, or those of now.</param>
    public static (AccountState State, ImmutableArray<Balance> Balances) Stored(BookAccount account, ProtocolBook book, CheckpointHeader indices)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(book);
        return LotParts.RestOf(account, book, indices) ?? (book.Settlements.Settle(account.State), account.Balances);
    }

    /// <summary>An account of a book as the next operation finds it; one in an open lot as it would be if the lot ended now, which is the next that can happen to it.</summary>
    /// <param name="account">The account.</param>
    /// <param name="book">The book that it is in.</param>
    /// <param name="indices">Whose indices count: the last checkpoint's, or those of now.</param>
    public static (AccountState State, ImmutableArray<Balance> Balances) Touched(BookAccount account, ProtocolBook book, CheckpointHeader indices)
    {
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(book);
        return LotParts.RestOf(account, book, indices) ?? Touched(account.State, account.Balances, indices, book.SettlementDecimals, book.Settlements, book.Parameters.Oracle.AveragingWindowSeconds);
    }

    /// <summary>The state of <see cref="Touched(BookAccount, ProtocolBook, CheckpointHeader)"/> with the settlement token left where it lies: what people are shown, beside the tokens in the vault.</summary>
    /// <param name="account">The account.</param>
    /// <param name="book">The book that it is in.</param>
    /// <param name="indices">Whose indices count: the last checkpoint's, or those of now.</param>
    public static AccountState Due(BookAccount account, ProtocolBook book, CheckpointHeader indices)
    {
        ArgumentNullException.ThrowIfNull(account);
        return Touched(account with { Balances = [] }, book, indices).State;
    }

    /// <summary>The cash and tokens that health is judged by after the touch. Locked gains stay as they are stored, with their time, unless something that expired is settled: what is won by that is locked from now on. Version and the last operation stay: no margin depends on them.</summary>
    /// <param name="state">The stored state.</param>
    /// <param name="balances">Its tokens.</param>
    /// <param name="indices">Whose indices count: the last checkpoint's, or those of now.</param>
    /// <param name="settlementDecimals">Decimals of the settlement token.</param>
    /// <param name="settlements">The settlement prices that are fixed.</param>
    /// <param name="windowSeconds">The averaging window, over which locked gains decay.</param>
    public static (AccountState State, ImmutableArray<Balance> Balances) Touched(
        AccountState state, ImmutableArray<Balance> balances, CheckpointHeader indices, byte settlementDecimals, SettlementPrices settlements, long windowSeconds)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(indices);
        ArgumentNullException.ThrowIfNull(settlements);
        AccountState paid = state with { CashE8 = CashWithInterest(state, indices) + SweptE8(balances, settlementDecimals) };
        AccountState settled = settlements.Settle(paid);
        if (settled.Positions.Length != paid.Positions.Length)
        {
            // Decay comes before what is locked now (CLR-003, CLR-018): together they would have decayed since the last gain.
            ulong time = Math.Max((ulong)indices.Time, state.GainTime);
            settled = settlements.Settle(paid with { LockedGainE8 = Touches.Locked(state.LockedGainE8, time - state.GainTime, windowSeconds), GainTime = time });
        }

        ulong indexE12 = Interest.IndexOf(settled.CashE8, indices);
        if (Int128.IsNegative(settled.CashE8) == Int128.IsNegative(state.CashE8))
        {
            // Interest of an account that was touched after that header is in its cash already.
            indexE12 = Math.Max(indexE12, state.InterestIndexE12);
        }

        return (settled with { InterestIndexE12 = indexE12 }, Book.Balances.WithoutSettlement(balances));
    }
}
