using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Store;

/// <summary>One form of a transaction of the outbox; later ones carry higher fees and the same nonce. With its entry it is all that is signed: the signed bytes, and their hash, follow from it and the key (RFC 6979), after a restart as before.</summary>
/// <param name="Intent">The intent that it carries out.</param>
/// <param name="MaxFeePerGasWei">The most it pays for a unit of gas.</param>
/// <param name="TipPerGasWei">What of that goes to the block's proposer.</param>
/// <param name="OfferedSeconds">Since when that is offered, in Unix seconds.</param>
/// <param name="Seal">By what the key knows that it is its own before it signs what somebody else might have written: its code, or the signed bytes where an earlier version stored them.</param>
public sealed record OutboxAttempt(string Intent, UInt256 MaxFeePerGasWei, UInt256 TipPerGasWei, long OfferedSeconds, byte[] Seal)
{
    /// <summary>Whether it does nothing but use the nonce.</summary>
    public bool IsEmpty { get; init; }
}
