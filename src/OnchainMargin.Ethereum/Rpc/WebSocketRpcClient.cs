using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Polly;

namespace OnchainMargin.Ethereum.Rpc;

/// <summary>JSON-RPC over a WebSocket, with subscriptions. A lost connection is opened again when it is needed, and at once while there are subscriptions,
/// which are then made anew.</summary>
public sealed class WebSocketRpcClient : IRpcClient, ISubscriptionClient, IAsyncDisposable
{
    private readonly WebSocketRpcOptions _options;
    private readonly TimeProvider _time;
    private readonly ResiliencePipeline _retries;
    private readonly string _subject;
    private readonly SemaphoreSlim _connecting = new(1, 1);
    private readonly ConcurrentDictionary<WebSocketSubscription, byte> _subscriptions = new();
    private readonly CancellationTokenSource _end = new();
    private WebSocketConnection? _connection;
    private Task _keeping = Task.CompletedTask;
    private long _lastId;

    /// <summary>Creates a client; it connects with the first request.</summary>
    /// <exception cref="EthereumFormatException">Thrown when an option is out of range.</exception>
    public WebSocketRpcClient(WebSocketRpcOptions options, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _time = timeProvider ?? TimeProvider.System;
        _subject = $"The node at {UrlOrigin.Of(options.Endpoint)}";
        _retries = RpcRetries.Build(options.RetryCount, options.RetryDelay, _time);
    }

    /// <summary>Creates a client for a node with ordinary options.</summary>
    public WebSocketRpcClient(Uri endpoint)
        : this(new WebSocketRpcOptions { Endpoint = endpoint })
    {
    }

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default) =>
        (await ReplyAsync(request, cancellationToken).ConfigureAwait(false)).RequireResult();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default)
    {
        // A WebSocket carries many requests at once, so a batch is its requests, sent without waiting between them.
        ArgumentNullException.ThrowIfNull(requests);
        return await Task.WhenAll(requests.Select(request => ReplyAsync(request, cancellationToken))).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<IRpcSubscription> SubscribeAsync(Action<Utf8JsonWriter> writeParameters, CancellationToken cancellationToken = default)
    {
        var subscription = new WebSocketSubscription(this, RpcRequest.Create("eth_subscribe", writeParameters), _options.SubscriptionCapacity);
        WebSocketConnection connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        _ = (await connection.SendAsync(subscription.Request, NextId(), subscription, cancellationToken).ConfigureAwait(false)).RequireResult();
        _subscriptions[subscription] = 0;
        if (!connection.IsOpen)
        {
            // Lost before the subscription was noted: connecting again makes it anew. Lost later, the keeper of the connection sees it.
            try
            {
                _ = await ConnectAsync(cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                _ = _subscriptions.TryRemove(subscription, out _);
                throw;
            }
        }

        return subscription;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync().ConfigureAwait(false);
        _connection?.Dispose();
        await _keeping.ConfigureAwait(false);
        foreach (WebSocketSubscription subscription in _subscriptions.Keys)
        {
            subscription.Complete(null);
        }
    }

    internal async Task UnsubscribeAsync(WebSocketSubscription subscription)
    {
        _ = _subscriptions.TryRemove(subscription, out _);
        if (subscription.Id is not { } id || _connection is not { IsOpen: true } connection)
        {
            return;
        }

        connection.Forget(id);
        try
        {
            _ = await connection.SendAsync(RpcRequest.Create("eth_unsubscribe", writer => writer.WriteStringValue(id)), NextId(), null, _end.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is EthereumException or OperationCanceledException)
        {
            // The connection went down meanwhile, and the subscription with it.
        }
    }

    private async Task<RpcReply> ReplyAsync(RpcRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        EthereumTelemetry.Requests.Add(1);
        using Activity? activity = EthereumTelemetry.Calling(request.Method);
        return RpcMethods.IsRead(request.Method)
            ? await _retries.ExecuteAsync(async token => await SendOnceAsync(request, token).ConfigureAwait(false), cancellationToken).ConfigureAwait(false)
            : await SendOnceAsync(request, cancellationToken).ConfigureAwait(false);
    }

    private async Task<RpcReply> SendOnceAsync(RpcRequest request, CancellationToken cancellationToken)
    {
        WebSocketConnection connection = await ConnectAsync(cancellationToken).ConfigureAwait(false);
        return await connection.SendAsync(request, NextId(), null, cancellationToken).ConfigureAwait(false);
    }

    private long NextId() => Interlocked.Increment(ref _lastId);

    /// <summary>The open connection, or a new one with every subscription made on it.</summary>
    private async Task<WebSocketConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_end.IsCancellationRequested, this);
        if (_connection is { IsOpen: true } open)
        {
            return open;
        }

        await _connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _connection is { IsOpen: true } opened ? opened : await OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _connecting.Release();
        }
    }

    private async Task<WebSocketConnection> OpenAsync(CancellationToken cancellationToken)
    {
        bool isAgain = _connection is not null;
        _connection?.Dispose();
        var connection = new WebSocketConnection(_options, _subject);
        try
        {
            await connection.ConnectAsync(cancellationToken).ConfigureAwait(false);
            foreach (WebSocketSubscription subscription in _subscriptions.Keys)
            {
                RpcReply reply = await connection.SendAsync(subscription.Request, NextId(), subscription, cancellationToken).ConfigureAwait(false);
                if (reply.Error is { } refused)
                {
                    // The node no longer grants it: its reader learns that; the other requests go on.
                    _ = _subscriptions.TryRemove(subscription, out _);
                    subscription.Complete(new RpcErrorException(reply.Method, refused));
                    continue;
                }

                subscription.PublishGap();
            }
        }
        catch
        {
            connection.Dispose();
            throw;
        }

        if (isAgain)
        {
            EthereumTelemetry.Reconnects.Add(1);
        }

        _connection = connection;
        _keeping = KeepAsync(connection);
        return connection;
    }

    /// <summary>Waits until the connection is lost, and opens another while there are subscriptions.</summary>
    private async Task KeepAsync(WebSocketConnection connection)
    {
        await connection.Reading.ConfigureAwait(false);
        TimeSpan pause = _options.ReconnectDelay;
        while (!_end.IsCancellationRequested && !_subscriptions.IsEmpty && ReferenceEquals(_connection, connection))
        {
            try
            {
                _ = await ConnectAsync(_end.Token).ConfigureAwait(false);
                return;
            }
            catch (Exception exception) when (exception is EthereumException or OperationCanceledException or ObjectDisposedException)
            {
                // Not up yet: wait longer and try again for as long as somebody is subscribed.
            }

            try
            {
                await Task.Delay(pause, _time, _end.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            pause = pause * 2 < _options.LongestReconnectDelay ? pause * 2 : _options.LongestReconnectDelay;
        }
    }
}
