using OnchainMargin.Ethereum;

namespace OnchainMargin.Protocol.Book;

/// <summary>An attester's bond as the events tell it.</summary>
/// <param name="AmountRaw">What is at stake, in base units of the settlement token; 0 after it was slashed or paid back.</param>
/// <param name="ReleaseSeconds">When it may be taken back, in Unix seconds, once the attester has left; of one that was slashed when it may be admitted anew; 0 while it sits.</param>
/// <param name="IsSlashed">Whether it was lost to a proof.</param>
public sealed record BookBond(UInt256 AmountRaw, ulong ReleaseSeconds, bool IsSlashed)
{
    /// <summary>For how long a bond, and the seat of one that was slashed, outlasts what its attester signed.</summary>
    public const ulong UnbondingSeconds = 691_200;

    /// <summary>When that is over for who is slashed at a second; 0 where logs carry no times.</summary>
    internal static ulong ReleaseOf(ulong slashedSeconds) => slashedSeconds == 0 ? 0 : slashedSeconds + UnbondingSeconds;
}
