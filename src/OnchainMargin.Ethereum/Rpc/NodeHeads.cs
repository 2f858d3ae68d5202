using OnchainMargin.Ethereum.Node;

namespace OnchainMargin.Ethereum.Rpc;

/// <summary>How far each of several nodes has come. One that stands still answers like one that is well; only beside the others, which go on, is it found out.</summary>
/// <remarks>A node is behind when it has not reached what two had already the last time and have still (of two nodes the first named: it is preferred because it is trusted): so many seconds, whatever the chain's blocks take, and one wild answer counts for nothing. The word of any one counts against a node that stands still itself, or goes back, and not against one that goes on: else whoever runs one of them need
/// but tell of a future to have all others left aside. It stays so while the other is away, for a minute of looks: what one that is gone had may never come. Where no node goes on, as on a chain that mines on demand, none is, nor where all have gone back.</remarks>
internal sealed class NodeHeads(IReadOnlyList<IRpcClient> nodes, TimeProvider time)
{
    /// <summary>How often the nodes are asked for their newest blocks, while somebody asks them anything at all.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>For so many looks that a node is silent at, what it had counts against the others.</summary>
    private const int LooksRemembered = 6;

    /// <summary>After so many looks at the same block a node stands still: two slots in a row that stay empty are rare.</summary>
    private const int LooksStill = 3;

    /// <summary>More blocks than any chain has: a thousand a second for thirty years.</summary>
    private const ulong MostBlocks = 1UL << 40;

    private readonly Lock _gate = new();
    private readonly ulong[] _told = new ulong[nodes.Count];
    private readonly ulong[] _had = new ulong[nodes.Count];
    private readonly int[] _silentLooks = new int[nodes.Count];
    private readonly int[] _stillLooks = new int[nodes.Count];
    private bool[] _areBehind = new bool[nodes.Count];
    private long? _lookedAt;
    private bool _isLooking;

    /// <summary>Whether a node was behind the last time.</summary>
    public bool IsBehind(int place)
    {
        lock (_gate)
        {
            return _areBehind[place];
        }
    }

    /// <summary>Compares the nodes where it is time to, beside whoever asks them.</summary>
    public void Look()
    {
        lock (_gate)
        {
            if (nodes.Count == 1 || _isLooking || (_lookedAt is { } then && time.GetElapsedTime(then) < Interval))
            {
                return;
            }

            (_isLooking, _lookedAt) = (true, time.GetTimestamp());
        }

        _ = CompareAsync();
    }

    private async Task CompareAsync()
    {
        ulong?[] heads = await Task.WhenAll(nodes.Select(HeadAsync)).ConfigureAwait(false);
        lock (_gate)
        {
            for (int place = 0; place < heads.Length; place++)
            {
                Note(place, heads[place]);
            }

            ulong newest = _had.Max();
            ulong trusted = nodes.Count == 2 ? _had[0] : _had.OrderDescending().ElementAt(1);
            bool[] behind = [.. heads.Select((head, place) => head < (_stillLooks[place] >= LooksStill ? newest : trusted))];
            EthereumTelemetry.Failovers.Add(behind.Zip(_areBehind).Count(static one => one.First && !one.Second));
            (_areBehind, _isLooking) = (behind, false);
        }
    }

    /// <summary>Notes what a node tells, and of it what it had the last time as well; of one that is silent what it had, for a while.</summary>
    private void Note(int place, ulong? head)
    {
        if (head is { } now)
        {
            _stillLooks[place] = now > _told[place] ? 0 : now < _told[place] ? LooksStill : _stillLooks[place] + 1;
            _had[place] = Math.Min(_told[place], now);
            (_told[place], _silentLooks[place]) = (now, 0);
        }
        else if (++_silentLooks[place] >= LooksRemembered)
        {
            _had[place] = 0;
        }
    }

    /// <summary>A node's newest block; null when it does not say, which is noticed when it is asked for something, or says what cannot be.</summary>
    private async Task<ulong?> HeadAsync(IRpcClient node)
    {
        using var limit = new CancellationTokenSource(Interval, time);
        try
        {
            return await new EthereumNode(node).GetBlockNumberAsync(limit.Token).ConfigureAwait(false) is var head and < MostBlocks ? head : null;
        }
        catch (Exception error) when (error is EthereumException or OperationCanceledException or ObjectDisposedException)
        {
            return null;
        }
    }
}
