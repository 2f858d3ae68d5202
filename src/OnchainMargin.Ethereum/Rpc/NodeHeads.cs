using OnchainMargin.Ethereum.Node;

namespace OnchainMargin.Ethereum.Rpc;

/// <summary>How far each of several nodes has come. One that stands still answers like one that is well; only beside the others, which go on, is it found out.</summary>
/// <remarks>A node is behind when it has not reached what another had already the last time: so many seconds, whatever the chain's blocks take. It stays so while the other is away. Where no node goes on, as on a chain that mines on demand, none is, nor where all have gone back.</remarks>
internal sealed class NodeHeads(IReadOnlyList<IRpcClient> nodes, TimeProvider time)
{
    /// <summary>How often the nodes are asked for their newest blocks, while somebody asks them anything at all.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private bool[] _areBehind = new bool[nodes.Count];
    private ulong _newest;
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
            bool haveAllGoneBack = heads.All(head => head < _newest);
            bool[] behind = [.. heads.Select(head => head < _newest && !haveAllGoneBack)];
            EthereumTelemetry.Failovers.Add(behind.Zip(_areBehind).Count(static one => one.First && !one.Second));
            (_areBehind, _newest, _isLooking) = (behind, haveAllGoneBack ? heads.Max()!.Value : Math.Max(_newest, heads.Max() ?? 0), false);
        }
    }

    /// <summary>A node's newest block; null when it does not say, which is noticed when it is asked for something.</summary>
    private async Task<ulong?> HeadAsync(IRpcClient node)
    {
        using var limit = new CancellationTokenSource(Interval, time);
        try
        {
            return await new EthereumNode(node).GetBlockNumberAsync(limit.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is EthereumException or OperationCanceledException or ObjectDisposedException)
        {
            return null;
        }
    }
}
