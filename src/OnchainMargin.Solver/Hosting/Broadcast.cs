using System.Threading.Channels;

namespace OnchainMargin.Solver.Hosting;

/// <summary>Hands the newest value of a stage to any number of later stages. A slow reader misses values in between, never the newest one.</summary>
/// <typeparam name="T">An immutable snapshot.</typeparam>
internal sealed class Broadcast<T>
    where T : class
{
    private readonly Lock _gate = new();
    private readonly List<Channel<T>> _readers = [];
    private T? _current;

    /// <summary>The newest value, or null before the first.</summary>
    public T? Current => Volatile.Read(ref _current);

    /// <summary>Publishes a value to every reader.</summary>
    public void Publish(T value)
    {
        lock (_gate)
        {
            Volatile.Write(ref _current, value);
            foreach (Channel<T> reader in _readers)
            {
                // Never refused: the channel drops the older value that nobody has read.
                reader.Writer.TryWrite(value);
            }
        }
    }

    /// <summary>Starts reading: the newest value at once, when there is one, then each newer one.</summary>
    public Subscription Subscribe()
    {
        var channel = Channel.CreateBounded<T>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });
        lock (_gate)
        {
            _readers.Add(channel);
            if (_current is { } value)
            {
                channel.Writer.TryWrite(value);
            }
        }

        return new Subscription(this, channel);
    }

    /// <summary>One reader; disposing it ends the reading.</summary>
    internal sealed class Subscription(Broadcast<T> source, Channel<T> channel) : IDisposable
    {
        /// <summary>Waits for the next value.</summary>
        public ValueTask<T> NextAsync(CancellationToken cancellationToken) => channel.Reader.ReadAsync(cancellationToken);

        /// <summary>Waits for the next value, or a time at most; false when the time passed.</summary>
        public async Task<bool> WaitAsync(TimeSpan atMost, TimeProvider time, CancellationToken cancellationToken)
        {
            using var limit = new CancellationTokenSource(atMost, time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
            try
            {
                await channel.Reader.ReadAsync(both.Token).ConfigureAwait(false);
                return true;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return false;
            }
        }

        /// <inheritdoc/>
        public void Dispose()
        {
            lock (source._gate)
            {
                source._readers.Remove(channel);
            }
        }
    }
}
