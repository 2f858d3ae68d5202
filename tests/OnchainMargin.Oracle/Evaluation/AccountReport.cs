using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>The figures of an account and every term of them.</summary>
public sealed class AccountReport
{
    public required IReadOnlyList<UnderlyingReport> Underlyings { get; init; }

    public required IReadOnlyList<GroupReport> Groups { get; init; }

    public required BigInteger CollateralValue { get; init; }

    public required BigInteger Haircut { get; init; }

    public required BigInteger Equity { get; init; }

    public required BigInteger Maintenance { get; init; }

    public required BigInteger Initial { get; init; }

    public required BigInteger Floor { get; init; }

    public required BigInteger FloorEquity { get; init; }

    public required BigInteger LeastCash { get; init; }

    /// <summary>The marks of the positions, in their order (perpetuals less funding).</summary>
    public required IReadOnlyList<BigInteger> Marks { get; init; }

    /// <summary>The part of the margin that comes from scenarios: Σ_g MM_g.</summary>
    public BigInteger ScenarioPart => Groups.Aggregate(BigInteger.Zero, (sum, group) => sum + group.Maintenance);
}
