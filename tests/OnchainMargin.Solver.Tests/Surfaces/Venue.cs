using OnchainMargin.Models.Surfaces;
using OnchainMargin.Solver.Surfaces;

namespace OnchainMargin.Solver.Tests.Surfaces;

/// <summary>Quotes of the expiries that a venue lists, of one volatility at the forward.</summary>
internal sealed class Venue : IQuoteSource
{
    /// <summary>At the forward, of all that it lists.</summary>
    public double Volatility { get; set; } = 0.6;

    /// <summary>By how much of itself the volatility is higher at a standard deviation from the forward, by expiry; four times as much at two.</summary>
    public Func<uint, double> Curvature { get; set; } = static _ => 0;

    /// <summary>What it lists.</summary>
    public IReadOnlyList<uint> Expiries { get; set; } = [];

    public IReadOnlyList<OptionQuote> Read(string underlying, double spot, long time) =>
    [
        .. from expiry in Expiries
           where expiry > time
           let root = Math.Sqrt((expiry - time) / (365.0 * 86_400))
           from part in Enumerable.Range(-4, 9)
           let strike = spot * Math.Exp(part * Volatility * root / 2)
           let isCall = strike >= spot
           let volatility = Volatility * (1 + (Curvature(expiry) * part * part / 4))
           select new OptionQuote(underlying, expiry, strike, isCall, time, spot, spot, Black76.Value(spot, strike, (volatility - 0.01) * root, isCall), Black76.Value(spot, strike, (volatility + 0.01) * root, isCall), volatility),
    ];
}
