namespace OnchainMargin.Solver.Api;

/// <summary>How a role fares.</summary>
/// <param name="Name">The role.</param>
/// <param name="IsWell">Whether its last round went well, and the one that it is at does not last too long.</param>
/// <param name="Failure">Why not.</param>
internal sealed record RoleView(string Name, bool IsWell, string Failure);
