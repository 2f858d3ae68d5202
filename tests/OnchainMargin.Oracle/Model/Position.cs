using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>A position of an account.</summary>
public sealed record Position(Instrument Instrument, BigInteger SizeE8, BigInteger CostE8);
