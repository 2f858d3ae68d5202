namespace OnchainMargin.Solver.Keeping;

/// <summary>Tells of every decision once: a line when it changes or has stood for a while, a count always.</summary>
internal sealed class KeeperJournal(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan Repeat = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Forget = TimeSpan.FromHours(1);

    /// <summary>The decisions that operators are told to watch.</summary>
    public static IReadOnlyList<string> Warnings { get; } = ["refused", "too-dear", "day-spent"];

    private readonly Dictionary<string, (string Decision, DateTimeOffset Told)> _last = new(StringComparer.Ordinal);
    private DateTimeOffset _pruned;

    /// <summary>Writes a decision down.</summary>
    /// <param name="subject">What it is about: <c>lot 3 of account 12</c>.</param>
    /// <param name="decision">One of the few words of <c>omargin.keeper.decisions</c>: start, rest, bid, no-bid, raise, refused, too-dear, day-spent, end, enlarge, take-over, serve, settle, settle-need, claim, cover, wind-down.</param>
    /// <param name="text">The line, with its figures.</param>
    public void Say(string subject, string decision, string text)
    {
        SolverTelemetry.KeeperDecisions.Add(1, new KeyValuePair<string, object?>("decision", decision));
        DateTimeOffset now = time.GetUtcNow();
        bool isNew = !_last.TryGetValue(subject, out (string Decision, DateTimeOffset Told) last) || !string.Equals(last.Decision, decision, StringComparison.Ordinal) || now - last.Told >= Repeat;
        if (!isNew)
        {
            logger.KeeperStillDecides(subject, decision, text);
            return;
        }

        _last[subject] = (decision, now);
        logger.KeeperDecides(subject, decision, text);

        // Seldom: with many subjects none of which is old, each new one would go through all of them.
        if (_last.Count > 10_000 && now - _pruned >= Repeat)
        {
            _pruned = now;
            foreach (string old in _last.Where(entry => now - entry.Value.Told > Forget).Select(static entry => entry.Key).ToArray())
            {
                _last.Remove(old);
            }
        }
    }
}
