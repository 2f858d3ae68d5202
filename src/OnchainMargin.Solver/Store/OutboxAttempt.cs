using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Store;

/// <summary>One signed form of a transaction of the outbox; later attempts carry higher fees and the same nonce.</summary>
/// <param name="Hash">The hash of the signed transaction.</param>
/// <param name="Intent">The intent that it carries out.</param>
/// <param name="Nonce">The nonce, the same for every attempt of an intent.</param>
/// <param name="Raw">The signed bytes, which can be broadcast again at any time without doing anything twice.</param>
/// <param name="MaxFeePerGasWei">The most it pays for a unit of gas.</param>
/// <param name="TipPerGasWei">What of that goes to the block's proposer.</param>
/// <param name="SignedSeconds">When it was signed, in Unix seconds.</param>
public sealed record OutboxAttempt(Hash32 Hash, string Intent, ulong Nonce, byte[] Raw, UInt256 MaxFeePerGasWei, UInt256 TipPerGasWei, long SignedSeconds)
{
    /// <summary>Whether it does nothing but use the nonce.</summary>
    public bool IsEmpty { get; init; }
}
