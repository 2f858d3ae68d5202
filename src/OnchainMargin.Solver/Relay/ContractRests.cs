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
    private readonly Dictionary<Address, (int Times, long Since, TimeSpan For)> _rests = [];

    /// <summary>Has one rest, longer than the last time.</summary>
    public void Add(Address one)
    {
        lock (_gate)
        {
            long now = time.GetTimestamp();
            if (_rests.Count >= Remembered)
            {
                foreach (Address old in _rests.Where(rest => !IsRemembered(rest.Value)).Select(static rest => rest.Key).ToArray())
                {
                    _rests.Remove(old);
                }
            }

            int times = _rests.TryGetValue(one, out (int Times, long Since, TimeSpan For) last) && IsRemembered(last) ? last.Times : 0;
            _rests[one] = (times + 1, now, TimeSpan.FromSeconds(FirstSeconds << Math.Min(times, MostDoublings)));
        }
    }

    /// <summary>How many seconds one rests yet; 0 for none.</summary>
    public long SecondsLeft(Address one)
    {
        lock (_gate)
        {
            return _rests.TryGetValue(one, out (int Times, long Since, TimeSpan For) rest) ? Math.Max(0, (long)Math.Ceiling((rest.For - time.GetElapsedTime(rest.Since)).TotalSeconds)) : 0;
        }
    }

    private bool IsRemembered((int Times, long Since, TimeSpan For) rest) => time.GetElapsedTime(rest.Since) - rest.For <= RememberedFor;
}
