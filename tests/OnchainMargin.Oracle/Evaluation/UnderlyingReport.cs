using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>Every term of one underlying of an account.</summary>
public sealed class UnderlyingReport
{
    public required UnderlyingRecord Record { get; init; }

    public required IReadOnlyList<BigInteger> Weighted24 { get; init; }

    public required IReadOnlyList<BigInteger> Between24Nodes { get; init; }

    public required IReadOnlyList<Kink> Kinks { get; init; }

    public required BigInteger Scenario24 { get; init; }

    public required BigInteger Between24 { get; init; }

    public required BigInteger ShortMinimum { get; init; }

    public required BigInteger Net { get; init; }

    public required BigInteger Gross { get; init; }

    public required BigInteger Basis { get; init; }

    public required BigInteger Liquidity { get; init; }

    public required BigInteger Vega { get; init; }

    public required BigInteger Stale { get; init; }

    public required BigInteger Rate { get; init; }

    public required BigInteger Spread { get; init; }

    public BigInteger Loss24 => BigInteger.Max(Scenario24, Between24);

    public BigInteger AddOns => Basis + Liquidity + Vega + Rate;
}
