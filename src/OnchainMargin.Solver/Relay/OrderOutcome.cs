namespace OnchainMargin.Solver.Relay;

/// <summary>What became of a submission: the order, or the sentence that says why it was refused.</summary>
/// <param name="Order">The order that was taken; null when it was refused.</param>
/// <param name="Refusal">Why it was refused; empty when it was taken.</param>
/// <param name="IsEarly">Whether it was refused only because the relay cannot tell yet: the same order may be known to it, and is handed in again.</param>
/// <param name="IsOver">Whether it was refused because its nonce is filled or cancelled on chain: what is handed in again may have been taken before, and filled.</param>
internal sealed record OrderOutcome(RestingOrder? Order, string Refusal, bool IsEarly = false, bool IsOver = false);
