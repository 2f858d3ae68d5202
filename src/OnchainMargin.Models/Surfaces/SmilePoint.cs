namespace OnchainMargin.Models.Surfaces;

/// <summary>A quoted strike of one expiry: volatilities a year of bid and ask.</summary>
/// <param name="K">Logarithm of strike over forward.</param>
/// <param name="Bid">Volatility of the bid.</param>
/// <param name="Ask">Volatility of the ask.</param>
public readonly record struct SmilePoint(double K, double Bid, double Ask)
{
    /// <summary>Half way.</summary>
    public double Mid => (Bid + Ask) / 2;

    /// <summary>Half the width.</summary>
    public double HalfWidth => (Ask - Bid) / 2;
}
