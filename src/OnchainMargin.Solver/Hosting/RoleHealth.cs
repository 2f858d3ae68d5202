using System.Collections.Concurrent;
using System.Globalization;

namespace OnchainMargin.Solver.Hosting;

/// <summary>How the roles fare: the answer of the health endpoints.</summary>
internal sealed class RoleHealth(TimeProvider time)
{
    /// <summary>How long a round may take. The slowest honest one waits for a node that keeps silent, which is asked again for two minutes and is a failure then; all others take seconds.</summary>
    public static readonly TimeSpan LongestRound = TimeSpan.FromMinutes(5);

    /// <summary>How long a role's first round may take: the index makes the book of all that is stored in it, of a long chain for many minutes. Nothing is ready meanwhile, since there is no book.</summary>
    public static readonly TimeSpan LongestFirstRound = TimeSpan.FromHours(1);

    private readonly ConcurrentDictionary<string, RoleState> _states = new(StringComparer.Ordinal);

    /// <summary>Every role that began a round.</summary>
    public IReadOnlyDictionary<string, RoleState> States => _states;

    /// <summary>A round begins. What the last one failed of is told until one has gone well.</summary>
    public void Began(string role)
    {
        DateTimeOffset now = time.GetUtcNow();
        _states.AddOrUpdate(role, _ => new RoleState(null, null, now), (_, before) => before with { RoundSince = now });
    }

    /// <summary>A round went well.</summary>
    public void Succeeded(string role) => _states[role] = new RoleState(time.GetUtcNow(), null, null);

    /// <summary>A round failed.</summary>
    public void Failed(string role, string reason) =>
        _states.AddOrUpdate(role, _ => new RoleState(null, reason, null), (_, before) => before with { Failure = reason, RoundSince = null });

    /// <summary>What is wrong with a role now: that its last round failed, or that it does not come to the end of one; null when nothing is.</summary>
    public string? DefectOf(RoleState state)
    {
        if (state.Failure is not null || state.RoundSince is not { } since || time.GetUtcNow() - since <= (state.LastSuccess is null ? LongestFirstRound : LongestRound))
        {
            return state.Failure;
        }

        string last = state.LastSuccess is { } ended ? string.Create(CultureInfo.InvariantCulture, $"the last one ended at {ended:u}") : "it is its first";
        return string.Create(CultureInfo.InvariantCulture, $"It has been at one round for {(int)(time.GetUtcNow() - since).TotalMinutes} minutes ({last}); look for what it waits for in the log, and start the process again if it goes on.");
    }

    /// <summary>How a role fares.</summary>
    /// <param name="LastSuccess">When a round last went well; null if never.</param>
    /// <param name="Failure">Why the last round that ended failed; null if it went well.</param>
    /// <param name="RoundSince">When the round began that it is at; null while it waits for the next.</param>
    internal sealed record RoleState(DateTimeOffset? LastSuccess, string? Failure, DateTimeOffset? RoundSince);
}
