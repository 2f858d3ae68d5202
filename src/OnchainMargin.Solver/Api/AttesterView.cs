namespace OnchainMargin.Solver.Api;

/// <summary>An attester of the registry.</summary>
/// <param name="Address">Its address.</param>
/// <param name="IsHere">Whether this solver holds its key.</param>
internal sealed record AttesterView(
    string Address, bool IsHere);
