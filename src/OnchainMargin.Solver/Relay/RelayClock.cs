using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;

namespace OnchainMargin.Solver.Relay;

/// <summary>The second that it is for orders: the later of the chain's clock and this machine's, which alone goes on while no block comes. Where this machine's jumps ahead of both the chain and of the time that has gone by, it is not believed until it is near one of them again, and from the start it is the chain that is believed first: every order that rests would be over, and what was cancelled here forgotten, so that whoever kept it could bring it back.</summary>
internal sealed class RelayClock(Broadcast<IndexedBook> books, TimeProvider time)
{
    /// <summary>The largest jump that is believed, in seconds.</summary>
    private const ulong MostAhead = 3600;

    private readonly Lock _gate = new();
    private (ulong Seconds, long Timestamp)? _believed;

    /// <summary>Now, in Unix seconds; 0 before the chain was read.</summary>
    public ulong Now
    {
        get
        {
            if (books.Current?.Book.BlockTimeSeconds is not { } chain)
            {
                return 0;
            }

            lock (_gate)
            {
                ulong own = (ulong)time.GetUtcNow().ToUnixTimeSeconds();
                (ulong seconds, long timestamp) = _believed ??= (chain, time.GetTimestamp());
                ulong goneBy = seconds + (ulong)time.GetElapsedTime(timestamp).TotalSeconds;
                if (own > Math.Max(chain, goneBy) + MostAhead)
                {
                    return Math.Max(chain, goneBy);
                }

                _believed = (own, time.GetTimestamp());
                return Math.Max(chain, own);
            }
        }
    }
}
