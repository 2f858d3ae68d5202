namespace OnchainMargin.Ethereum.Rpc;

/// <summary>Several nodes as one: reads go to the first that answers, in the order of preference, and signed transactions to all of them.</summary>
/// <remarks>A node that fails is left for a while and then asked first again; while one keeps silent the next is asked beside it, so that one that hangs costs no more than a moment. One that is behind the others (<see cref="NodeHeads"/>) is asked only once all of those have failed: it answers like one that is well. A reader must be ready for the next node to be some blocks behind the last one, as it must be after a
/// reorganisation, and what it compares must be asked in one batch, which one node answers. Signed bytes do the same however often and wherever they are handed in, which is why they may go to all.</remarks>
public sealed class FailoverRpcClient : IRpcClient, IDisposable
{
    private readonly IReadOnlyList<IRpcClient> _nodes;
    private readonly NodeHeads _heads;
    private readonly TimeProvider _time;
    private readonly TimeSpan _rest;
    private readonly TimeSpan _silence;
    private readonly Lock _gate = new();
    private int _current;
    private long _leftAt;

    /// <summary>Joins nodes.</summary>
    /// <param name="nodes">The nodes, the preferred one first; they are disposed with this client.</param>
    /// <param name="rest">How long a node that failed is left before it is preferred again; a minute when left out.</param>
    /// <param name="silence">How long a node may keep silent before the next is asked as well; two seconds when left out.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <exception cref="ArgumentException">Thrown when there is none.</exception>
    public FailoverRpcClient(IReadOnlyList<IRpcClient> nodes, TimeSpan? rest = null, TimeSpan? silence = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(nodes);
        _nodes = nodes.Count > 0 ? nodes : throw new ArgumentException("No node is named; give at least one.", nameof(nodes));
        _rest = rest ?? TimeSpan.FromMinutes(1);
        _silence = silence ?? TimeSpan.FromSeconds(2);
        _time = timeProvider ?? TimeProvider.System;
        _heads = new NodeHeads(nodes, _time);
    }

    /// <summary>The place of the node that reads go to now.</summary>
    public int Current
    {
        get
        {
            lock (_gate)
            {
                return _current;
            }
        }
    }

    /// <inheritdoc/>
    public Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return RpcMethods.IsBroadcast(request.Method)
            ? BroadcastAsync(request, cancellationToken)
            : FirstAsync((node, token) => node.SendAsync(request, token), cancellationToken);
    }

    /// <inheritdoc/>
    /// <exception cref="RpcErrorException">Thrown when no node answers, and one of them for a reason of its own.</exception>
    public Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default) => FirstAsync(
        async (node, token) =>
        {
            IReadOnlyList<RpcReply> replies = await node.SendBatchAsync(requests, token).ConfigureAwait(false);
            return replies.FirstOrDefault(static reply => reply.Error is { } error && IsOfTheNode(reply.Method, error)) is { Error: { } refused } one ? throw new RpcErrorException(one.Method, refused) : replies;
        },
        cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IRpcClient node in _nodes)
        {
            (node as IDisposable)?.Dispose();
        }
    }

    /// <summary>Whether an error speaks of the node and not of what it was asked: its limits, or that it has not what every node has, as one that is syncing.</summary>
    private static bool IsOfTheNode(string method, RpcError error) => error.Code == RpcError.LimitExceeded || (error.Data is null && RpcMethods.IsPlain(method));

    private async Task<T> FirstAsync<T>(Func<IRpcClient, CancellationToken, Task<T>> ask, CancellationToken cancellationToken)
    {
        _heads.Look();
        (int Place, bool IsBehind)[] order = Order();
        EthereumException? failure = null;
        var open = new Dictionary<Task, int>();
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            for (int asked = 0; asked < _nodes.Count || open.Count > 0;)
            {
                // Silence leads on to a node that is as far as the one that is silent, and not to one that is behind.
                bool IsNextWell() => asked < _nodes.Count && !order[asked].IsBehind;
                if (IsNextWell() || open.Count == 0)
                {
                    open.Add(ask(_nodes[order[asked].Place], over.Token), asked++);
                }

                Task silence = Task.Delay(IsNextWell() ? _silence : Timeout.InfiniteTimeSpan, _time, over.Token);
                Task ended = await Task.WhenAny(open.Keys.Append(silence)).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                if (!open.Remove(ended, out int answering))
                {
                    continue;
                }

                try
                {
                    T answer = await ((Task<T>)ended).ConfigureAwait(false);
                    Use(order[answering].Place);
                    return answer;
                }
                catch (EthereumException exception) when (order[answering].IsBehind || exception is RpcTransportException or EthereumFormatException || (exception is RpcErrorException refusal && IsOfTheNode(refusal.Method, refusal.Error)))
                {
                    // What a node says of the request itself (an error, a revert) is an answer, and another node would say the same; that it cannot be had is not, nor what one says that is behind. Its own words say more than that another could not be reached.
                    failure = failure is null || (failure is RpcTransportException && exception is RpcErrorException && !order[answering].IsBehind) ? exception : failure;
                    EthereumTelemetry.Failovers.Add(1);
                }
            }

            throw failure!;
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            Leave(open.Keys);
        }
    }

    private async Task<ReadOnlyMemory<byte>> BroadcastAsync(RpcRequest request, CancellationToken cancellationToken)
    {
        var open = _nodes.Select(node => node.SendAsync(request, cancellationToken)).ToList();
        EthereumException? failure = null;
        while (open.Count > 0)
        {
            Task<ReadOnlyMemory<byte>> done = await Task.WhenAny(open).ConfigureAwait(false);
            open.Remove(done);
            try
            {
                ReadOnlyMemory<byte> answer = await done.ConfigureAwait(false);
                Leave(open);
                return answer;
            }
            catch (EthereumException exception)
            {
                // A node's own words say more than that another could not be reached, and that one has it more than that another refuses it.
                failure = failure is null || BroadcastAnswers.Hope(exception) > BroadcastAnswers.Hope(failure) ? exception : failure;
            }
        }

        throw failure!;
    }

    /// <summary>The slower nodes still get a transaction; what they answer is of no use any more.</summary>
    private static void Leave(IEnumerable<Task> open)
    {
        foreach (Task task in open)
        {
            _ = task.ContinueWith(static ended => _ = ended.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    /// <summary>The places of all nodes: from the preferred one on, and those that are behind after all others.</summary>
    private (int Place, bool IsBehind)[] Order()
    {
        int first = Preferred();
        return [.. Enumerable.Range(0, _nodes.Count).Select(i => (first + i) % _nodes.Count).Select(place => (Place: place, IsBehind: _heads.IsBehind(place))).OrderBy(static one => one.IsBehind)];
    }

    private int Preferred()
    {
        lock (_gate)
        {
            if (_current == 0 || _time.GetElapsedTime(_leftAt) < _rest)
            {
                return _current;
            }

            // One request tries it; should it fail again, the others are spared until it has rested again.
            _leftAt = _time.GetTimestamp();
            return 0;
        }
    }

    private void Use(int place)
    {
        lock (_gate)
        {
            if (place != _current)
            {
                _current = place;
                _leftAt = _time.GetTimestamp();
            }
        }
    }
}
