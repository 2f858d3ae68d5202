using System.Collections.Immutable;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;

namespace OnchainMargin.Solver.Markets;

/// <summary>How much of a token an account can withdraw by computation: equity at the worse surfaces and at averaged prices, less locked gains, stays at the initial margin and the floor (CLR-020, CLR-021).</summary>
internal static class Withdrawable
{
    private const long One = 100_000_000;

    /// <summary>The largest amount in base units; what the pool holds of the settlement token at a moment is not looked at. Nothing leaves an account in a lot, and while paused only what needs no proof (CLR-016).</summary>
    public static UInt128 AmountRaw(BookAccount account, ushort token, ProtocolBook book, CheckpointInputs inputs)
    {
        if (account.OpenLot != 0)
        {
            return 0;
        }

        Holding holding = Holding.Of(account, book, inputs);
        UInt128 held = holding.Balances.FirstOrDefault(balance => balance.Token == token).AmountRaw;
        // Without positions nothing has to be shown while the cash that is left covers the locked gains (CLR-023).
        Int128 bareE8 = account.State.Positions.IsEmpty ? holding.State.CashE8 - LockedE8(holding.State, book, inputs) : -1;
        if (token == 0)
        {
            Int128 cash = Int128.Max(bareE8, book.IsPaused ? 0 : FreeE8(holding, book, inputs) ?? 0);
            byte decimals = book.SettlementDecimals;
            return cash <= 0 ? 0 : (UInt128)cash / AccountTouch.UnitE8(decimals);
        }

        return bareE8 >= 0 ? held : book.IsPaused ? 0 : Largest(holding, token, held, book, inputs);
    }

    /// <summary>Equity above what must stay; null when the market does not hold what the account touches, while one that it has a position in is not normal (CLR-016), and while one of its positions waits for a settlement price (CLR-018).</summary>
    public static Int128? FreeE8(Holding holding, ProtocolBook book, CheckpointInputs inputs)
    {
        Holding counted = holding.RestingOn(inputs.Checkpoint, MarketState.Normal);
        if (holding.WaitsFor(inputs.View, MarketState.Normal) != 0 || holding.IsPending(inputs.Checkpoint) || counted.Figures(inputs.View, SurfaceChoice.Worse) is not { } figures)
        {
            return null;
        }

        return figures.FreeE8 - AsideE8(counted, figures.EquityE8, book, inputs);
    }

    /// <summary>What does not count at a withdrawal: locked gains, and what equity loses at averaged prices.</summary>
    public static Int128 AsideE8(Holding holding, Int128 equityE8, ProtocolBook book, CheckpointInputs inputs) =>
        LockedE8(holding.State, book, inputs) + AveragedDropE8(holding, equityE8, inputs.Checkpoint);

    private static UInt128 Largest(Holding holding, ushort token, UInt128 held, ProtocolBook book, CheckpointInputs inputs)
    {
        bool Holds(UInt128 amount) => FreeE8(holding with { Balances = Without(holding.Balances, token, amount) }, book, inputs) is { } free && free >= 0;
        if (held == 0 || Holds(held))
        {
            return held;
        }

        UInt128 good = 0;
        UInt128 bad = held;
        if (!Holds(0))
        {
            return 0;
        }

        while (bad - good > UInt128.Max(1, held / 1_000_000))
        {
            UInt128 middle = good + ((bad - good) / 2);
            (good, bad) = Holds(middle) ? (middle, bad) : (good, middle);
        }

        return good;
    }

    private static ImmutableArray<Balance> Without(ImmutableArray<Balance> balances, ushort token, UInt128 amount) =>
        [.. balances.Select(balance => balance.Token == token ? balance with { AmountRaw = balance.AmountRaw - amount } : balance).Where(static balance => balance.AmountRaw != 0)];

    /// <summary>Gains that are locked still.</summary>
    public static Int128 LockedE8(AccountState state, ProtocolBook book, CheckpointInputs inputs)
    {
        ulong now = (ulong)inputs.Checkpoint.Header.Time;
        ulong elapsed = now > state.GainTime ? now - state.GainTime : 0;
        long window = book.Parameters.Oracle.AveragingWindowSeconds;
        return window == 0 ? 0 : Touches.Locked(state.LockedGainE8, elapsed, window);
    }

    /// <summary>With options whose spot is not its average everything is priced anew at the averages; otherwise prices are linear. Tokens of a market that is not normal count for nothing: with an attested proof their worth is taken off here.</summary>
    [SpecRule("CLR-021")]
    private static Int128 AveragedDropE8(Holding holding, Int128 equityE8, Checkpoint checkpoint)
    {
        Int128 dropE16 = 0;
        foreach (ushort underlying in holding.Underlyings(checkpoint))
        {
            UnderlyingRecord record = checkpoint.Underlyings.First(listed => listed.Underlying == underlying);
            if (record.MarketState.OfPrices() == MarketState.Normal)
            {
                dropE16 += DeltaE8(holding, record, checkpoint) * (record.SpotE8 - record.AverageSpotE8);
            }
        }

        Int128 besideE8 = holding.BesideE8(checkpoint, MarketState.Normal);
        bool isPricedAnew = holding.State.Positions.Any(position => position.Instrument.IsOption && HasMoved(checkpoint, position.Instrument.Underlying));
        return isPricedAnew && holding.Figures(new CheckpointView(AveragedPrices.Of(checkpoint)), SurfaceChoice.Worse) is { } averaged
            ? besideE8 + Int128.Max(0, equityE8 - averaged.EquityE8)
            : besideE8 + (dropE16 > 0 ? (dropE16 + One - 1) / One : 0);
    }

    /// <summary>Units of an underlying held by perpetuals, futures and collateral; of a future in its settlement window those that follow the spot still.</summary>
    private static Int128 DeltaE8(Holding holding, UnderlyingRecord record, Checkpoint checkpoint)
    {
        Int128 delta = 0;
        foreach (Position position in holding.State.Positions.Where(position => position.Instrument.Underlying == record.Underlying && !position.Instrument.IsOption))
        {
            uint expiry = position.Instrument.Expiry;
            long following = expiry == 0 ? Forwards.WindowSeconds : record.Expiries.First(listed => listed.Expiry == expiry).FollowSeconds;
            delta += (Int128)position.SizeE8 * following / Forwards.WindowSeconds;
        }

        foreach (Balance balance in holding.Balances)
        {
            if (checkpoint.Collaterals.FirstOrDefault(collateral => collateral.Token == balance.Token) is { } collateral && collateral.Underlying == record.Underlying)
            {
                delta += Collaterals.SizeE8(collateral, balance.AmountRaw);
            }
        }

        return delta;
    }

    private static bool HasMoved(Checkpoint checkpoint, ushort underlying)
    {
        UnderlyingRecord record = checkpoint.Underlyings.First(listed => listed.Underlying == underlying);
        return record.SpotE8 != record.AverageSpotE8;
    }
}
