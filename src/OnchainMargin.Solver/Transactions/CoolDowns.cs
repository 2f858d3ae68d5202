namespace OnchainMargin.Solver.Transactions;

/// <summary>What is left alone for a while, by what has passed and not by the time of day: a clock that is set back makes no while longer.</summary>
internal sealed class CoolDowns(TimeSpan length, TimeProvider time)
{
    private const int Many = 10_000;
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    private readonly Dictionary<string, long> _since = new(StringComparer.Ordinal);
    private long _pruned;

    /// <summary>Whether something is left alone still.</summary>
    public bool Has(string name) => _since.TryGetValue(name, out long since) && time.GetElapsedTime(since) < length;

    /// <summary>Leaves something alone from now on.</summary>
    public void Add(string name)
    {
        long now = time.GetTimestamp();
        _since[name] = now;
        if (_since.Count > Many && time.GetElapsedTime(_pruned, now) >= Between)
        {
            _pruned = now;
            foreach (string over in _since.Where(entry => time.GetElapsedTime(entry.Value, now) >= length).Select(static entry => entry.Key).ToArray())
            {
                _since.Remove(over);
            }
        }
    }
}
