namespace OnchainMargin.Solver.Keeping;

/// <summary>What is left alone for a while.</summary>
internal sealed class CoolDowns(TimeSpan length, TimeProvider time)
{
    private const int Many = 10_000;
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, DateTimeOffset> _until = new(StringComparer.Ordinal);
    private DateTimeOffset _pruned;

    /// <summary>Whether something is left alone still.</summary>
    public bool Has(string name) => _until.TryGetValue(name, out DateTimeOffset until) && time.GetUtcNow() < until;

    /// <summary>Leaves something alone from now on.</summary>
    public void Add(string name)
    {
        DateTimeOffset now = time.GetUtcNow();
        _until[name] = now + length;
        if (_until.Count > Many && now - _pruned >= Between)
        {
            _pruned = now;
            foreach (string over in _until.Where(entry => entry.Value <= now).Select(static entry => entry.Key).ToArray())
            {
                _until.Remove(over);
            }
        }
    }
}
