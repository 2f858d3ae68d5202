using OnchainMargin.Ethereum;

namespace OnchainMargin.Protocol.Book;

/// <summary>An attester's bond as the events tell it.</summary>
/// <param name="AmountRaw">What is at stake, in base units of the settlement token; 0 after it was slashed or paid back.</param>
/// <param name="ReleaseSeconds">When it may be taken back, in Unix seconds, once the attester has left; 0 while it sits.</param>
/// <param name="IsSlashed">Whether it was lost to a proof.</param>
public sealed record BookBond(UInt256 AmountRaw, ulong ReleaseSeconds, bool IsSlashed);
