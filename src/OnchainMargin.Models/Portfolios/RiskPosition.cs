namespace OnchainMargin.Models.Portfolios;

/// <summary>A holding.</summary>
/// <param name="Instrument">Place of the instrument.</param>
/// <param name="Size">Signed size.</param>
public readonly record struct RiskPosition(int Instrument, double Size);
