using System.Collections.Concurrent;

namespace OnchainMargin.Solver.Hosting;

/// <summary>How the roles fare: the answer of the health endpoints.</summary>
internal sealed class RoleHealth(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, RoleState> _states = new(StringComparer.Ordinal);

    /// <summary>Every role that ran a round, with how the last one went.</summary>
    public IReadOnlyDictionary<string, RoleState> States => _states;

    /// <summary>A round went well.</summary>
    public void Succeeded(string role) => _states[role] = new RoleState(time.GetUtcNow(), null);

    /// <summary>A round failed.</summary>
    public void Failed(string role, string reason) =>
        _states.AddOrUpdate(role, _ => new RoleState(null, reason), (_, before) => before with { Failure = reason });

    /// <summary>How a role fares.</summary>
    /// <param name="LastSuccess">When a round last went well; null if never.</param>
    /// <param name="Failure">Why the last round failed; null if it went well.</param>
    internal sealed record RoleState(DateTimeOffset? LastSuccess, string? Failure);
}
