namespace OnchainMargin.Solver.Api;

/// <summary>An account before and after.</summary>
/// <param name="Before">Before.</param>
/// <param name="After">After.</param>
/// <param name="DistancesAfter">How far prices may move then.</param>
/// <param name="KeepsInitialMargin">Whether equity is at least the initial margin after.</param>
/// <param name="Sentence">The answer in words.</param>
internal sealed record WhatIfView(
    BreakdownView Before, BreakdownView After, IReadOnlyList<DistanceView> DistancesAfter, bool KeepsInitialMargin, string Sentence);
