using System.Collections.Immutable;
using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;

namespace OnchainMargin.Protocol.Keeping;

/// <summary>What a keeper looks for, without a chain: accounts under water with their witnesses, what lots are worth, whose expired positions wait. Pure functions of a book and of live prices.</summary>
public static class Liquidations
{
    /// <summary>How long an account rests after a lot that was sold in part, in seconds.</summary>
    public const ulong RestSeconds = 300;

    private const ulong WholeE8 = 100_000_000;

    /// <summary>Every account that can be liquidated at these prices and is in no lot yet.</summary>
    /// <param name="book">The book, from <see cref="ProtocolClient.ReplayAsync"/> or an index.</param>
    /// <param name="live">Live prices, from <see cref="ProtocolClient.GetLiveInputsAsync"/>.</param>
    public static IEnumerable<UnderWater> Find(ProtocolBook book, CheckpointInputs live)
    {
        ArgumentNullException.ThrowIfNull(book);
        return book.Accounts.Values.Select(account => Look(book, account, live)).OfType<UnderWater>();
    }

    /// <summary>Whether one account can be liquidated at these prices; null when it cannot, is in a lot already, or holds what these prices lack.</summary>
    public static UnderWater? Look(ProtocolBook book, BookAccount account, CheckpointInputs live)
    {
        ArgumentNullException.ThrowIfNull(book);
        ArgumentNullException.ThrowIfNull(account);
        ArgumentNullException.ThrowIfNull(live);
        if (account.OpenLot != 0)
        {
            return null;
        }

        (AccountState state, ImmutableArray<Balance> balances) = Touched(book, account, live);
        return FindWitness(state, balances, live) is { } found ? new UnderWater(account, found.Witness, found.EquityE8, found.ShownE8) : null;
    }

    /// <summary>The cheapest witness that shows a state under water; null when it is not, or the inputs do not belong together.</summary>
    /// <param name="state">The state after a touch, or what is left of a lot's.</param>
    /// <param name="balances">Its collateral, without the settlement token.</param>
    /// <param name="live">Live prices.</param>
    public static (byte[] Witness, Int128 EquityE8, Int128 ShownE8)? FindWitness(AccountState state, ImmutableArray<Balance> balances, CheckpointInputs live)
    {
        if (Figures(state, balances, live) is not { } figures || figures.EquityE8 >= figures.MaintenanceE8)
        {
            return null;
        }

        return Shown(state, balances, live, addOns: false) ?? Shown(state, balances, live, addOns: true);
    }

    /// <summary>The witness that shows the most of a state under water; null when it is not, or the inputs do not belong together.</summary>
    /// <param name="state">The state after a touch, or what is left of a lot's.</param>
    /// <param name="balances">Its collateral, without the settlement token.</param>
    /// <param name="live">Live prices.</param>
    public static (byte[] Witness, Int128 EquityE8, Int128 ShownE8)? FindLargest(AccountState state, ImmutableArray<Balance> balances, CheckpointInputs live) =>
        Figures(state, balances, live) is { } figures && figures.EquityE8 < figures.MaintenanceE8 ? Shown(state, balances, live, addOns: true) : null;

    /// <summary>The accounts whose last lot ended a short time ago: one that is started now resumes it, and who starts it is paid nothing (CLR-044).</summary>
    /// <param name="book">The book.</param>
    /// <param name="live">Live prices.</param>
    public static IReadOnlySet<ulong> Resuming(ProtocolBook book, CheckpointInputs live)
    {
        ArgumentNullException.ThrowIfNull(book);
        ArgumentNullException.ThrowIfNull(live);

        // Added on the left: the book can be ahead of the node that the prices are from.
        (ulong now, ulong seconds) = ((ulong)live.Checkpoint.Header.Time, book.Parameters.Liquidation.ResumeSeconds);
        return book.Lots.Values.Where(lot => !lot.IsOpen && lot.EndedAtSeconds + seconds >= now).Select(static lot => lot.Account).ToHashSet();
    }

    /// <summary>The accounts that cannot be started because their last lot ended a short time ago, sold in part or having served needs, and that are in no danger meanwhile (CLR-040).</summary>
    /// <param name="book">The book.</param>
    /// <param name="prices">Live prices, or those of a checkpoint.</param>
    public static IReadOnlySet<ulong> Resting(ProtocolBook book, CheckpointInputs prices)
    {
        ArgumentNullException.ThrowIfNull(book);
        ArgumentNullException.ThrowIfNull(prices);
        var last = new Dictionary<ulong, BookLot>();
        foreach (BookLot lot in book.Lots.Values)
        {
            last[lot.Account] = lot;
        }

        return last.Values
            .Where(lot => !lot.IsOpen && (lot.SoldE8 is not (0 or WholeE8) || lot.HasServed) && lot.EndedAtSeconds + RestSeconds > book.BlockTimeSeconds)
            .Select(static lot => lot.Account)
            .Where(id => book.Accounts.TryGetValue(id, out BookAccount? account) && !IsInDanger(book, account, prices))
            .ToHashSet();
    }

    /// <summary>What a start is paid (CLR-044), in money E8, unless its lot is one of those that <see cref="Resuming"/> names.</summary>
    /// <param name="book">The book that the account was found in.</param>
    /// <param name="found">The account.</param>
    /// <param name="live">Live prices.</param>
    /// <param name="baseFeeWei">The base fee of the block.</param>
    public static Int128 RewardE8(ProtocolBook book, UnderWater found, CheckpointInputs live, UInt256 baseFeeWei)
    {
        ArgumentNullException.ThrowIfNull(book);
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(live);
        Generated.RiskParameters.LiquidationParameters terms = book.Parameters.Liquidation;
        long native = terms.NativeUnderlying == 0 ? 0 : live.Checkpoint.Underlyings.FirstOrDefault(record => record.Underlying == terms.NativeUnderlying)?.SpotE8 ?? 0;
        if (native == 0)
        {
            return 0;
        }

        long gas = terms.RewardGas + (terms.RewardGasPosition * (long)book.Settlements.Settle(found.Account.State).Positions.Length);
        return Lots.RewardDown(found.EquityE8, gas, baseFeeWei > (UInt256)(ulong)long.MaxValue ? long.MaxValue : (long)baseFeeWei, native, terms.RewardMaxE8, terms.RewardMostE8);
    }

    /// <summary>Equity and requirement at the surfaces that are better for the account, as the liquidation house reckons; null when the inputs do not belong together.</summary>
    public static AccountFigures? Figures(AccountState state, ImmutableArray<Balance> balances, CheckpointInputs live)
    {
        ArgumentNullException.ThrowIfNull(live);
        return MarginEngine.TryCompute(state, balances.AsSpan(), live.View, SurfaceChoice.Better, out AccountFigures figures) == MarginError.None ? figures : null;
    }

    /// <summary>Σ |size|·spot over positions, E8.</summary>
    public static Int128 GrossE8(AccountState state, CheckpointInputs live)
    {
        ArgumentNullException.ThrowIfNull(state);
        ArgumentNullException.ThrowIfNull(live);
        Int128 gross = 0;
        foreach (Position position in state.Positions)
        {
            gross += Int128.Abs(position.SizeE8) * (live.Checkpoint.Underlyings.FirstOrDefault(record => record.Underlying == position.Instrument.Underlying)?.SpotE8 ?? 0) / BidModel.One;
        }

        return gross;
    }

    /// <summary>Net delta by underlying in units E8, collateral that is an underlying included: what a hedge has to sell or buy. Empty when the inputs do not belong together.</summary>
    public static ImmutableSortedDictionary<ushort, Int128> NetDeltasE8(AccountState state, ImmutableArray<Balance> balances, CheckpointInputs live)
    {
        if (Figures(state, balances, live) is null)
        {
            return ImmutableSortedDictionary<ushort, Int128>.Empty;
        }

        var deltas = new SortedDictionary<ushort, Int128>();
        foreach (Greeks greeks in MarginEngine.Report(state, balances.AsSpan(), live.View, SurfaceChoice.Better).Greeks)
        {
            deltas[greeks.Underlying] = deltas.GetValueOrDefault(greeks.Underlying) + greeks.DeltaE8;
        }

        return deltas.ToImmutableSortedDictionary();
    }

    /// <summary>Whether an account is in no lot and holds a position whose settlement price is fixed: anybody may settle it (CLR-018).</summary>
    public static bool IsSettleable(ProtocolBook book, BookAccount account)
    {
        ArgumentNullException.ThrowIfNull(book);
        ArgumentNullException.ThrowIfNull(account);
        return account.OpenLot == 0 && account.State.Positions.Any(held => book.Settlements.PriceE8(held.Instrument) != 0);
    }

    private static (byte[] Witness, Int128 EquityE8, Int128 ShownE8)? Shown(AccountState state, ImmutableArray<Balance> balances, CheckpointInputs live, bool addOns)
    {
        byte[] witness = Witness.Best(state, balances.AsSpan(), live.View, SurfaceChoice.Better, addOns);
        return Witness.Evaluate(state, balances.AsSpan(), live.View, SurfaceChoice.Better, witness, out Int128 equity, out Int128 shown) == MarginError.None && equity < shown ? (witness, equity, shown) : null;
    }

    private static bool IsInDanger(ProtocolBook book, BookAccount account, CheckpointInputs prices)
    {
        (AccountState state, ImmutableArray<Balance> balances) = Touched(book, account, prices);
        return Figures(state, balances, prices) is { } figures && 2 * figures.EquityE8 < figures.MaintenanceE8;
    }

    private static (AccountState State, ImmutableArray<Balance> Balances) Touched(ProtocolBook book, BookAccount account, CheckpointInputs live) => AccountTouch.Touched(account, book, live.Checkpoint.Header);
}
