using System.Globalization;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Markets;

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

        (Holding? after, string refusal) = Trade(before, request, book, inputs);
        if (after is null)
        {
            return (null, refusal);
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
        return views.Breakdown(before, inputs.Checkpoint, inputs.View, inputs) is { } earlier && views.Breakdown(after, moved, view, inputs) is { } later && after.Figures(view, SurfaceChoice.Worse) is { } figures
            ? (Answer(earlier, later, views.Distances(after, moved), figures, after.Figures(view)!.Value), "")
            : (null, "The market of this account cannot be computed now; ask again after the next checkpoint.");
    }

    private static WhatIfView Answer(BreakdownView before, BreakdownView after, IReadOnlyList<DistanceView> distances, AccountFigures worse, AccountFigures figures)
    {
        bool keeps = worse.EquityE8 >= worse.InitialE8 && worse.FloorEquityE8 >= worse.FloorE8;
        string sentence = keeps ? "The account would keep its initial margin."
            : figures.EquityE8 < figures.MaintenanceE8 ? "The account could be liquidated."
            : "The account would be below its initial margin: it could not trade into this, but it would not be liquidated.";
        return new WhatIfView(before, after, distances, keeps, sentence);
    }

    private (Holding? After, string Refusal) Trade(Holding before, WhatIfRequest request, ProtocolBook book, CheckpointInputs inputs)
    {
        Holding after = before;
        if (request.CashE8 is { } cashText)
        {
            if (!long.TryParse(cashText, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long cash))
            {
                return (null, $"The cash '{cashText}' is not a whole number; give money in units of 1e-8.");
            }

            after = after with { State = after.State with { CashE8 = after.State.CashE8 + cash } };
        }

        foreach (WhatIfFill fill in request.Fills ?? [])
        {
            if (views.Names.Parse(fill.Instrument) is not { } instrument || Quotes.MarkE8(instrument, inputs.View) is not { } mark)
            {
                return (null, $"The instrument '{fill.Instrument}' has no market here; take a name from /api/instruments.");
            }

            long price = (long)mark;
            if (!long.TryParse(fill.SizeE8, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long size) || size is 0 or < -SizeMaxE8 or > SizeMaxE8
                || (fill.PriceE8 is { } text && (!long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out price) || price > PriceMaxE8)))
            {
                return (null, $"The fill of '{fill.SizeE8}' {fill.Instrument} at '{fill.PriceE8 ?? "mark"}' is not understood; give whole numbers in units of 1e-8, a size that is not 0.");
            }

            (Holding? traded, string refusal) = after.Trade(instrument, size, price, book.Parameters.Clearing.TakerFeeE8, inputs);
            if (traded is null)
            {
                return (null, $"The fill of {fill.SizeE8} {fill.Instrument} cannot be: {char.ToLowerInvariant(refusal[0])}{refusal[1..]}");
            }

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
