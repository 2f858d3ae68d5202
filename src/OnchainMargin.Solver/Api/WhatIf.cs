using System.Globalization;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Relay;

namespace OnchainMargin.Solver.Api;

/// <summary>Tries fills, cash and market moves on an account. What it says is computed by the margin engine; nothing is sent.</summary>
internal sealed class WhatIf(ProtocolViews views)
{
    private const int MostSteps = 64;
    private const long SizeMaxE8 = 1L << 53;
    private const long PriceMaxE8 = 1L << 49;
    private const decimal Hundred = 100m;
    private const decimal LeastPercent = -99m;
    private const decimal MostPercent = 300m;

    /// <summary>The answer, or the sentence that says what is wrong with the question.</summary>
    public (WhatIfView? Answer, string Refusal) Try(BookAccount account, WhatIfRequest request, ProtocolBook book, CheckpointInputs inputs)
    {
        var before = Holding.Of(account, book, inputs);
        if ((request.Fills?.Count ?? 0) + (request.Moves?.Count ?? 0) > MostSteps)
        {
            return (null, $"There are more than {MostSteps} fills and moves; ask in several questions.");
        }

        if ((request.Fills ?? []).Any(static fill => fill?.Instrument is null) || (request.Moves ?? []).Any(static move => move is null))
        {
            return (null, "A fill lacks its instrument, or a move is empty; give each of them whole.");
        }

        (Holding? funded, string refusal) = Pay(before, request);
        var fills = new List<PreTradeCheck.Possible>();
        Holding? after = null;
        if (funded is not null)
        {
            (after, refusal) = Trade(funded, request, fills, book, inputs);
        }

        if (funded is null || after is null)
        {
            return (null, refusal);
        }

        if (after.Misfit(account.Id) is { Length: > 0 } misfit)
        {
            return (null, misfit);
        }

        Checkpoint moved = inputs.Checkpoint;
        foreach (WhatIfMove move in request.Moves ?? [])
        {
            if (Read(move) is not { } shock)
            {
                return (null, $"The move of '{move.Underlying ?? "all"}' by '{move.PricePercent ?? "0"}' and '{move.VolatilityPercent ?? "0"}' percent is not understood; name a listed underlying and percentages from {LeastPercent} to {MostPercent}.");
            }

            moved = shock.Apply(moved);
        }

        var view = new CheckpointView(moved);
        if (views.Breakdown(account, before, inputs.Checkpoint, inputs.View, inputs, isLive: true) is not { } earlier || views.Breakdown(account, after, moved, view, inputs, isLive: true) is not { } later
            || after.TradeFigures(moved, view) is not { } figures || after.Figures(view, SurfaceChoice.Better) is not { } better)
        {
            return (null, "The market of this account cannot be computed now; ask again after the next checkpoint.");
        }

        bool canBeLiquidated = better.EquityE8 < better.MaintenanceE8;

        // Nobody trades at prices that are not there: where the market is moved, too, it is asked only what the account would be worth then.
        (bool isAllowed, string sentence) = fills.Count == 0 || request.Moves is { Count: > 0 }
            ? (figures.FreeE8 >= 0, Standing(figures, canBeLiquidated))
            : Unfillable(funded, fills, book, inputs) is { } unfillable && account.OpenLot == 0 ? (false, unfillable)
            : Answer(account, PreTradeCheck.Judge(account.Id, funded, fills, book, inputs), figures, canBeLiquidated);
        return (new WhatIfView(earlier, later, views.Distances(after, moved), isAllowed, sentence), "");
    }

    /// <summary>What the chain says to the fills, as the relay judges them.</summary>
    private static (bool IsAllowed, string Sentence) Answer(BookAccount account, PreTradeVerdict verdict, AccountFigures figures, bool canBeLiquidated) =>
        account.OpenLot != 0 ? (false, OrderAdmission.InLot(account))
        : !verdict.IsAllowed ? (false, verdict.Reason)
        : !verdict.IsReducing ? (true, Standing(figures, canBeLiquidated))
        : (true, $"The chain takes this, because it only makes positions smaller. {Standing(figures, canBeLiquidated)}");

    /// <summary>Why one of the fills cannot be at all, or not at its price, whoever makes it, or not unless another closes what it opens; null when each of them can.</summary>
    private static string? Unfillable(Holding funded, List<PreTradeCheck.Possible> fills, ProtocolBook book, CheckpointInputs inputs)
    {
        var held = new Dictionary<Instrument, long>();
        foreach (PreTradeCheck.Possible fill in fills)
        {
            long before = held.TryGetValue(fill.Instrument, out long known) ? known : funded.State.SizeOf(fill.Instrument);
            held[fill.Instrument] = before + fill.SizeE8;
            string? sentence = OrderAdmission.Expired(fill.Instrument, inputs.Checkpoint.Header.Time)
                ?? (PriceBand.Of(fill.Instrument, inputs.View, book.Parameters.Clearing) is { } band && !band.Holds((ulong)fill.PriceE8) ? OrderAdmission.TooFar("The price", (ulong)fill.PriceE8, band) : null)
                ?? (Fees.Reduces(before, fill.SizeE8) ? null : OrderAdmission.TooOldToOpen(fill.Instrument, inputs));
            if (sentence is not null)
            {
                return sentence;
            }
        }

        return null;
    }

    /// <summary>How an account stands, and what it could do.</summary>
    private static string Standing(AccountFigures figures, bool canBeLiquidated) =>
        figures.FreeE8 >= 0 ? "The account would keep its initial margin."
        : canBeLiquidated ? "The account could be liquidated."
        : $"The account would be below {(figures.FreeE8 == figures.AboveFloorE8 ? "the floor that the chain keeps by itself" : "its initial margin")}: it could only make positions smaller, but it would not be liquidated.";

    private static (Holding? Funded, string Refusal) Pay(Holding before, WhatIfRequest request) => request.CashE8 is not { } text ? (before, "")
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long cash) ? (before with { State = before.State with { CashE8 = before.State.CashE8 + cash } }, "")
        : (null, $"The cash '{text}' is not a whole number; give money in units of 1e-8.");

    private (Holding? After, string Refusal) Trade(Holding funded, WhatIfRequest request, List<PreTradeCheck.Possible> fills, ProtocolBook book, CheckpointInputs inputs)
    {
        Holding after = funded;
        long feeRate = book.Parameters.Clearing.TakerFeeE8;
        foreach (WhatIfFill fill in request.Fills ?? [])
        {
            if (views.Names.Parse(fill.Instrument) is not { } instrument || Quotes.MarkE8(instrument, inputs.View) is not { } mark)
            {
                return (null, $"The instrument '{fill.Instrument}' has no market here; take a name from /api/instruments.");
            }

            long price = (long)Int128.Max(mark, 0);
            if (!long.TryParse(fill.SizeE8, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long size) || size is 0 or < -SizeMaxE8 or > SizeMaxE8
                || (fill.PriceE8 is { } text && (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out price) || price > PriceMaxE8)))
            {
                return (null, $"The fill of '{fill.SizeE8}' {fill.Instrument} at '{fill.PriceE8 ?? "mark"}' is not understood; give whole numbers in units of 1e-8, a size that is not 0.");
            }

            (Holding? traded, string refusal) = after.Trade(instrument, size, price, feeRate, inputs);
            if (traded is null)
            {
                return (null, $"The fill of {fill.SizeE8} {fill.Instrument} cannot be: {char.ToLowerInvariant(refusal[0])}{refusal[1..]}");
            }

            fills.Add(new PreTradeCheck.Possible(instrument, size, price, feeRate, feeRate));
            after = traded;
        }

        return (after, "");
    }

    private Shock? Read(WhatIfMove move)
    {
        ushort underlying = 0;
        if (move.Underlying is { Length: > 0 } name)
        {
            if (views.Names.Parse($"{name}-PERP") is not { } perpetual)
            {
                return null;
            }

            underlying = perpetual.Underlying;
        }

        return Factor(move.PricePercent) is { } price && Factor(move.VolatilityPercent) is { } volatility ? new Shock(underlying, price, volatility) : null;
    }

    private static long? Factor(string? percent)
    {
        if (percent is null or "")
        {
            return Shock.One;
        }

        return decimal.TryParse(percent, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value) && value is >= LeastPercent and <= MostPercent
            ? (long)((1 + (value / Hundred)) * Shock.One)
            : null;
    }
}
