namespace OnchainMargin.Solver.Api;

/// <summary>How the solver fares.</summary>
/// <param name="Status">In a word.</param>
/// <param name="Roles">Each role that ran a round.</param>
/// <param name="Block">The index's block.</param>
/// <param name="BlockTimeSeconds">That block's time: while it does not move, the node or the chain stands still.</param>
/// <param name="ChainHead">The node's newest block.</param>
internal sealed record HealthView(string Status, IReadOnlyList<RoleView> Roles, string? Block, string? BlockTimeSeconds, string? ChainHead);
