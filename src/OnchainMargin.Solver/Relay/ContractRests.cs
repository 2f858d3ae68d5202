using OnchainMargin.Ethereum;

namespace OnchainMargin.Solver.Relay;

/// <summary>Contracts whose signature had a settlement reverted, and the owners of the accounts that they signed for: they rest, twice as long each time. A contract can tell an estimate from a block and sign in the one alone, or take all gas in the other, for nothing; every order of it would be paid for anew. A process that begins anew has forgotten them.</summary>
internal sealed class ContractRests(TimeProvider time)
{
    private const int FirstSeconds = 60;
    private const int MostDoublings = 10;
    private const int Remembered = 4096;

    private static readonly TimeSpan RememberedFor = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<Address, (int Times, DateTimeOffset Until)> _rests = [];

    /// <summary>Has one rest, longer than the last time.</summary>
    public void Add(Address one)
    {
        lock (_gate)
        {
            DateTimeOffset now = time.GetUtcNow();
            if (_rests.Count >= Remembered)
            {
                foreach (Address old in _rests.Where(rest => now - rest.Value.Until > RememberedFor).Select(static rest => rest.Key).ToArray())
                {
                    _rests.Remove(old);
                }
            }

            int times = _rests.TryGetValue(one, out (int Times, DateTimeOffset Until) last) && now - last.Until <= RememberedFor ? last.Times : 0;
            _rests[one] = (times + 1, now.AddSeconds(FirstSeconds << Math.Min(times, MostDoublings)));
        }
    }

    /// <summary>How many seconds one rests yet; 0 for none.</summary>
    public long SecondsLeft(Address one)
    {
        lock (_gate)
        {
            return _rests.TryGetValue(one, out (int Times, DateTimeOffset Until) rest) ? Math.Max(0, (long)Math.Ceiling((rest.Until - time.GetUtcNow()).TotalSeconds)) : 0;
        }
    }
}
