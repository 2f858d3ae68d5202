using OnchainMargin.Margin;

namespace OnchainMargin.Solver.Markets;

/// <summary>The prices at which an instrument may trade now (CLR-013).</summary>
/// <param name="MarkE8">The live mark, at least 0.</param>
/// <param name="WidthE8">How far from it a price may be, either way.</param>
internal readonly record struct PriceBand(Int128 MarkE8, Int128 WidthE8)
{
    /// <summary>The band of an instrument; null when the checkpoint does not hold its market or expiry, or its token.</summary>
    public static PriceBand? Of(Instrument instrument, CheckpointView view, Protocol.Generated.RiskParameters.ClearingParameters p)
    {
        if (Quotes.MarkE8(instrument, view) is not { } mark)
        {
            return null;
        }

        mark = Int128.Max(mark, 0);
        return new PriceBand(mark, instrument.IsOption && MarginEngine.Quote(instrument, view) is { } quote
            ? Fees.OptionBandE8(mark, quote.ForwardE8, quote.VegaE8, p.PriceBandE8, p.VolBandE8)
            : Fees.BandE8(mark, p.PriceBandE8));
    }

    /// <summary>Whether a fill may be at a price.</summary>
    public bool Holds(ulong priceE8) => Int128.Abs((Int128)priceE8 - MarkE8) <= WidthE8;

    /// <summary>Whether an order that rests asks for less, or bids more, than anybody may give or take now. As long as it rests it comes before all that can be filled.</summary>
    public bool IsPassedBy(bool isBuy, ulong priceE8) => !Holds(priceE8) && isBuy == (priceE8 > MarkE8);
}
