namespace OnchainMargin.Solver.Api;

/// <summary>An account before and after.</summary>
/// <param name="Before">Before.</param>
/// <param name="After">After.</param>
/// <param name="DistancesAfter">How far prices may move then.</param>
/// <param name="IsAllowed">Whether the chain would take the fills, by computing the account or as a reduction; where nothing is traded, or the market is moved, whether the account would keep its initial margin and the floor.</param>
/// <param name="Sentence">The answer in words.</param>
internal sealed record WhatIfView(
    BreakdownView Before, BreakdownView After, IReadOnlyList<DistanceView> DistancesAfter, bool IsAllowed, string Sentence);
