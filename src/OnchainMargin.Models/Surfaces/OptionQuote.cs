namespace OnchainMargin.Models.Surfaces;

/// <summary>One row of an option chain, prices in the currency of the strike and undiscounted; a missing bid or ask is NaN.</summary>
/// <param name="Underlying">Name of the underlying.</param>
/// <param name="Expiry">Unix seconds.</param>
/// <param name="Strike">The strike.</param>
/// <param name="IsCall">A call, or a put.</param>
/// <param name="Time">When the row was taken, unix seconds.</param>
/// <param name="Forward">The forward of the expiry at that moment.</param>
/// <param name="Index">The index at that moment.</param>
/// <param name="Bid">Best bid.</param>
/// <param name="Ask">Best ask.</param>
/// <param name="MarkVolatility">The venue's own volatility, a year, or NaN.</param>
public readonly record struct OptionQuote(
    string Underlying, long Expiry, double Strike, bool IsCall, long Time, double Forward, double Index, double Bid, double Ask, double MarkVolatility)
{
    /// <summary>Whether both sides are there and in order.</summary>
    public bool IsTwoSided => Bid > 0 && Ask > Bid;
}
