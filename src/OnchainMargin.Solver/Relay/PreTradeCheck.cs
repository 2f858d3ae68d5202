using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Clearing;
using OnchainMargin.Solver.Markets;

namespace OnchainMargin.Solver.Relay;

/// <summary>Whether an account could carry fills: initial margin and floor at the worse surfaces without anything of a halted market (CLR-016), or fills that only reduce and do not make it weaker (CLR-020), which is the only way where a market takes reductions only or trading is paused. The chain judges again when they are settled.</summary>
internal static class PreTradeCheck
{
    private const long One = 100_000_000;

    /// <summary>A fill that may come.</summary>
    /// <param name="Instrument">The instrument.</param>
    /// <param name="SizeE8">Signed size.</param>
    /// <param name="PriceE8">Price.</param>
    /// <param name="FeeRateE8">Fee of notional.</param>
    /// <param name="LargestFeeRateE8">The most that its order lets it cost, of notional.</param>
    internal readonly record struct Possible(Instrument Instrument, long SizeE8, long PriceE8, long FeeRateE8, long LargestFeeRateE8);

    /// <summary>How an account would show that it may be in the state after the fills.</summary>
    public static PreTradeVerdict Judge(BookAccount account, IEnumerable<Possible> fills, ProtocolBook book, CheckpointInputs inputs) =>
        Judge(account.Id, Holding.Of(account, book, inputs), fills, book, inputs);

    /// <summary>The same of an account that holds something else by then.</summary>
    public static PreTradeVerdict Judge(ulong id, Holding before, IEnumerable<Possible> fills, ProtocolBook book, CheckpointInputs inputs)
    {
        Holding after = before;
        bool isReducing = true;
        bool paysOut = false;
        string only = before.IsPending(inputs.Checkpoint) ? $"Account {id} has a position that has expired and waits for its settlement price: until then its positions can only be made smaller" : "";
        Possible[] possible = [.. fills];
        foreach (Possible fill in possible)
        {
            only = only.Length == 0 ? ReductionsOnly(fill.Instrument, book, inputs.View) : only;
            isReducing &= Fees.Reduces(after.State.SizeOf(fill.Instrument), fill.SizeE8);
            (Holding? traded, string refusal) = after.Trade(fill.Instrument, fill.SizeE8, fill.PriceE8, fill.FeeRateE8, inputs);
            if (traded is null)
            {
                return new PreTradeVerdict(IsAllowed: false, IsReducing: false, refusal, before, null);
            }

            if (Repayments.Only(fill.Instrument, book, inputs.View) is { Length: > 0 } repaying)
            {
                if (Repayments.Refusal(id, fill.Instrument, fill.SizeE8, after.State.CashE8, traded.State.CashE8, repaying, inputs.View) is { } refused)
                {
                    return new PreTradeVerdict(IsAllowed: false, IsReducing: false, refused, before, null);
                }

                paysOut |= fill.SizeE8 > 0;
            }

            after = traded;
        }

        if (after.Misfit(id) is { Length: > 0 } misfit)
        {
            return new PreTradeVerdict(IsAllowed: false, IsReducing: false, misfit, before, null);
        }

        if (after.TradeFigures(inputs.Checkpoint, inputs.View) is not { } figures)
        {
            return new PreTradeVerdict(IsAllowed: false, IsReducing: false, "The market of this account cannot be computed now; ask again after the next checkpoint.", before, after);
        }

        if (paysOut && (Withdrawable.FreeE8(after, book, inputs) is not { } free || free < 0))
        {
            return new PreTradeVerdict(IsAllowed: false, IsReducing: false, $"What account {id} would pay is taken out of it until the market of the token is open again, and what stays does not carry its positions; buy less or deposit more.", before, after) { PaysOut = true };
        }

        ushort halted = after.WaitsFor(inputs.View, MarketState.ReduceOnly);
        bool mustReduce = only.Length != 0;
        if (!mustReduce && halted == 0 && figures.FreeE8 >= 0)
        {
            return new PreTradeVerdict(IsAllowed: true, IsReducing: false, "", before, after) { PaysOut = paysOut };
        }

        if (isReducing && before.Figures(inputs.View) is { } earlier && after.Figures(inputs.View) is { } later
            && later.EquityE8 - later.MaintenanceE8 >= Reductions.LeastExcessE8(earlier.EquityE8, earlier.MaintenanceE8, later.MaintenanceE8, book.Parameters.Clearing.MinReliefE8)
            && earlier.EquityE8 - later.EquityE8 <= MostLostE8(possible, after, later.EquityE8, book, inputs))
        {
            return new PreTradeVerdict(IsAllowed: true, IsReducing: true, "", before, after) { MustReduce = mustReduce };
        }

        return new PreTradeVerdict(
            IsAllowed: false,
            IsReducing: false,
            mustReduce && !isReducing ? $"{only}, and this would make one of account {id} larger; wait until the market is open again."
                : mustReduce ? $"{only}, and not so that account {id} becomes weaker by it; lower the size, or trade it when the market is open again."
                : halted != 0 ? $"Account {id} has a position in market {halted}, which is halted: until it opens again the account can only make positions smaller."
                : Shortage(id, figures, isReducing),
            before,
            after)
        { MustReduce = mustReduce, PaysOut = paysOut };
    }

    /// <summary>Whether an account could carry a fill of what is left of an order that rests, by what it holds: what a halt or a pause forbids for a while is not asked, and neither is what cannot be computed now.</summary>
    public static bool Carries(RestingOrder order, ProtocolBook book, CheckpointInputs inputs)
    {
        if (order.Reduces(1, book))
        {
            return true;
        }

        if (order.IsReduceOnly || !book.Accounts.TryGetValue(order.Account, out BookAccount? account))
        {
            return false;
        }

        var before = Holding.Of(account, book, inputs);
        (Holding? after, _) = before.Trade(order.Instrument, order.Signed64(order.LeftE8), (long)order.PriceE8, book.Parameters.Clearing.TakerFeeE8, inputs);
        return before.IsPending(inputs.Checkpoint)
            || (after is not null && after.Misfit(account.Id).Length == 0 && (after.Figures(inputs.View, SurfaceChoice.Worse) is not { } figures || figures.FreeE8 >= 0));
    }

    /// <summary>Why a fill must make its account's position smaller, as the beginning of a sentence; empty where it need not (CLR-016).</summary>
    public static string ReductionsOnly(Instrument instrument, ProtocolBook book, CheckpointView view) =>
        SpotOrders.IsSpot(instrument) ? ""
        : book.IsPaused ? "Trading is paused by the guardian: positions can only be made smaller"
        : Quotes.State(instrument, view) is not MarketState.Normal and var state ? $"Market {instrument.Underlying} is {Quotes.Words(state)}: its positions can only be made smaller"
        : "";

    /// <summary>Which of the two that an operation must leave is not kept; where neither is, the one that lacks more. Of a reduction it is also told what the chain would ask of it.</summary>
    private static string Shortage(ulong id, AccountFigures figures, bool isReducing)
    {
        string lacks = figures.FreeE8 == figures.AboveFloorE8
            ? $"After it account {id} would have {Money(figures.FloorEquityE8)} without what rests on volatilities, less than the floor of {Money(figures.FloorE8)} that the chain keeps by itself"
            : $"After it account {id} would have an equity of {Money(figures.EquityE8)} and need {Money(figures.InitialE8)} of initial margin";
        return isReducing ? $"{lacks}, and as a reduction it does not make the account safer; reduce more, trade nearer to the mark or deposit more." : $"{lacks}; deposit more or trade a smaller size.";
    }

    /// <summary>Whether it has a position in a halted market, or rests on its tokens of one.</summary>
    private static bool RestsOnHalted(Holding after, Int128 equityE8, CheckpointInputs inputs) =>
        after.WaitsFor(inputs.View, MarketState.ReduceOnly) != 0
        || (after.RestingOn(inputs.Checkpoint, MarketState.ReduceOnly) is var rest && rest != after && rest.Figures(inputs.View) is { } alone
            && Reductions.RestsOnTokens(equityE8, alone.EquityE8, alone.MaintenanceE8));

    /// <summary>The most equity that fills may lose which only make positions smaller.</summary>
    private static Int128 MostLostE8(Possible[] fills, Holding after, Int128 equityE8, ProtocolBook book, CheckpointInputs inputs)
    {
        bool restsOnHalted = RestsOnHalted(after, equityE8, inputs);
        long rateE8 = Math.Max(book.Parameters.Clearing.MakerFeeE8, book.Parameters.Clearing.TakerFeeE8);
        Int128 mostE8 = 0;
        foreach (IGrouping<Instrument, Possible> traded in fills.GroupBy(static fill => fill.Instrument))
        {
            mostE8 += PriceBand.Of(traded.Key, inputs.View, book.Parameters.Clearing) is { } band
                ? Reductions.MostLostE8(traded.Sum(static fill => fill.SizeE8), band.MarkE8, band.WidthE8, rateE8, restsOnHalted)
                : 0;
        }

        return mostE8;
    }

    private static string Money(Int128 valueE8) => ((decimal)(long)Int128.Clamp(valueE8, long.MinValue, long.MaxValue) / One).ToString("N2", System.Globalization.CultureInfo.InvariantCulture);
}
