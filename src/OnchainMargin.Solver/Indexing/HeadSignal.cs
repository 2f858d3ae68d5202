using System.Threading.Channels;

namespace OnchainMargin.Solver.Indexing;

/// <summary>Wakes the index when a subscription tells of a new block. Several tellings before it looks are one.</summary>
internal sealed class HeadSignal
{
    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Tells of a new block.</summary>
    public void Raise() => _signals.Writer.TryWrite(true);

    /// <summary>Waits for a new block, or a time at most.</summary>
    public async Task WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(atMost, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await _signals.Reader.ReadAsync(both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is over: polling is what remains when no subscription tells.
        }
    }
}
