using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>The terms of one risk group (MRG-033).</summary>
public sealed record GroupReport(
    int Group, BigInteger Scenario24, BigInteger Between24, BigInteger Loss24, BigInteger NettingFloor24, BigInteger ShortMinimum, BigInteger Maintenance)
{
    public BigInteger Joint24 => BigInteger.Max(Scenario24, Between24);
}
