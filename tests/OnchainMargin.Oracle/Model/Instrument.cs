using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>An instrument (MRG-001).</summary>
public sealed record Instrument(int Underlying, BigInteger Expiry, BigInteger StrikeE4, Kind Kind)
{
    /// <summary>The strike in price units.</summary>
    public BigInteger StrikeE8 => StrikeE4 * 10_000;

    /// <summary>Whether it is a call or a put.</summary>
    public bool IsOption => Kind is Kind.Call or Kind.Put;

    /// <summary>The 96 bits.</summary>
    public BigInteger Packed => ((((new BigInteger(Underlying) << 32) + Expiry) << 40) + StrikeE4 << 8) + (int)Kind;
}
