using System.Numerics;

namespace OnchainMargin.Oracle;

/// <summary>The state of an account (MRG-002).</summary>
public sealed record AccountState(
    BigInteger CashE8, BigInteger InterestIndexE12, BigInteger Version, BigInteger Flags, BigInteger LockedGainE8, BigInteger GainTime, BigInteger LastOperation,
    IReadOnlyList<Position> Positions)
{
    /// <summary>A state of which only cash and positions matter.</summary>
    public static AccountState Of(BigInteger cashE8, params IEnumerable<Position> positions) =>
        new(cashE8, SpecConstants.OneE12, 1, 0, 0, 0, 0, [.. positions.OrderBy(position => position.Instrument.Packed)]);
}
