namespace OnchainMargin.Solver.Api;

/// <summary>An attester: who signs, or signed, and what is at stake for it.</summary>
/// <param name="Address">Its address.</param>
/// <param name="IsHere">Whether this solver holds its key.</param>
/// <param name="IsSitting">Whether its signature counts.</param>
/// <param name="BondRaw">Its bond in base units of the settlement token; 0 after it was slashed or paid back.</param>
/// <param name="ReleaseSeconds">When the bond may be taken back, in Unix seconds, once it has left; 0 while it sits.</param>
/// <param name="IsSlashed">Whether it was proved wrong.</param>
internal sealed record AttesterView(
    string Address, bool IsHere, bool IsSitting, string BondRaw, string ReleaseSeconds, bool IsSlashed);
