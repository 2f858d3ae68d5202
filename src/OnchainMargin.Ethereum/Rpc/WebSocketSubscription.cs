using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace OnchainMargin.Ethereum.Rpc;

/// <summary>One subscription: a bounded queue between the connection and its reader. When it is full, notifications are dropped and a gap is marked,
/// so that a slow reader holds up neither the connection nor the other readers.</summary>
internal sealed class WebSocketSubscription(WebSocketRpcClient client, RpcRequest request, int capacity) : IRpcSubscription
{
    private readonly Channel<RpcNotification> _queue = Channel.CreateBounded<RpcNotification>(
        new BoundedChannelOptions(capacity) { SingleReader = true, SingleWriter = false, FullMode = BoundedChannelFullMode.Wait });

    private int _gap;

    /// <summary>The request that makes this subscription on a new connection.</summary>
    public RpcRequest Request { get; } = request;

    /// <summary>The name that the node gave the subscription on the present connection.</summary>
    public string? Id { get; set; }

    public void Publish(ReadOnlyMemory<byte> result)
    {
        if (Volatile.Read(ref _gap) != 0 && _queue.Writer.TryWrite(RpcNotification.Gap))
        {
            Volatile.Write(ref _gap, 0);
        }

        if (Volatile.Read(ref _gap) != 0 || !_queue.Writer.TryWrite(new RpcNotification(result, IsGap: false)))
        {
            Volatile.Write(ref _gap, 1);
        }
    }

    public void PublishGap()
    {
        if (!_queue.Writer.TryWrite(RpcNotification.Gap))
        {
            Volatile.Write(ref _gap, 1);
        }
    }

    public void Complete(Exception? exception) => _queue.Writer.TryComplete(exception);

    public async IAsyncEnumerable<RpcNotification> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (await _queue.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (_queue.Reader.TryRead(out RpcNotification notification))
            {
                yield return notification;
            }

            // The reader has caught up: a gap that found no room in the queue is told now, even if nothing follows it.
            if (Interlocked.Exchange(ref _gap, 0) != 0)
            {
                yield return RpcNotification.Gap;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        Complete(null);
        await client.UnsubscribeAsync(this).ConfigureAwait(false);
    }
}
