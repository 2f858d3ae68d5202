namespace OnchainMargin.Margin;

/// <summary>Parameters on their way to governance's target: the integers of <c>contracts/risk/Ramps.sol</c>. What of an underlying is in force stands in checkpoints; of tokens they hold the haircut alone, grown with what the vault holds, so that their parameters follow from here.</summary>
public static class Ramps
{
    /// <summary>A value on its way, rounded towards where it goes: against the account.</summary>
    /// <param name="from">Where it began.</param>
    /// <param name="to">Its target.</param>
    /// <param name="elapsedSeconds">Since it began.</param>
    /// <param name="durationSeconds">Of the whole way.</param>
    [SpecRule("PAR-005")]
    public static ulong ValueAt(ulong from, ulong to, ulong elapsedSeconds, ulong durationSeconds)
    {
        if (elapsedSeconds >= durationSeconds)
        {
            return to;
        }

        return to >= from
            ? from + (ulong)((((UInt128)(to - from) * elapsedSeconds) + durationSeconds - 1) / durationSeconds)
            : from - (ulong)((((UInt128)(from - to) * elapsedSeconds) + durationSeconds - 1) / durationSeconds);
    }

    /// <summary>How a token on its way counts as collateral: all three fields go side by side.</summary>
    /// <param name="from">Where it began.</param>
    /// <param name="to">Its target.</param>
    /// <param name="elapsedSeconds">Since it began.</param>
    /// <param name="durationSeconds">Of the whole way.</param>
    [SpecRule("PAR-005")]
    public static HaircutParameters TokenAt(in HaircutParameters from, in HaircutParameters to, ulong elapsedSeconds, ulong durationSeconds) => new(
        (uint)ValueAt(from.BaseE8, to.BaseE8, elapsedSeconds, durationSeconds),
        (uint)ValueAt(from.MaxE8, to.MaxE8, elapsedSeconds, durationSeconds),
        ValueAt(from.ThresholdE8, to.ThresholdE8, elapsedSeconds, durationSeconds));
}
