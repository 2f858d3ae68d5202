using System.Buffers;
using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text.Json;

namespace OnchainMargin.Ethereum.Rpc;

/// <summary>One connection for as long as it holds: requests go out, one loop reads what comes in.</summary>
internal sealed class WebSocketConnection : IDisposable
{
    private const int FirstBuffer = 16 << 10;

    private readonly ClientWebSocket _socket = new();
    private readonly WebSocketRpcOptions _options;
    private readonly string _subject;
    private readonly ConcurrentDictionary<long, PendingRequest> _pending = new();
    private readonly ConcurrentDictionary<string, WebSocketSubscription> _subscriptions = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly CancellationTokenSource _end = new();
    private volatile EthereumException? _lost;

    public WebSocketConnection(WebSocketRpcOptions options, string subject)
    {
        _options = options;
        _subject = subject;
        _socket.Options.KeepAliveInterval = options.KeepAliveInterval;
        _socket.Options.KeepAliveTimeout = options.KeepAliveInterval;
    }

    /// <summary>The reading loop; it ends when the connection is lost.</summary>
    public Task Reading { get; private set; } = Task.CompletedTask;

    public bool IsOpen => _lost is null && _socket.State == WebSocketState.Open;

    public async Task ConnectAsync(CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.Timeout);
        try
        {
            await _socket.ConnectAsync(_options.Endpoint, limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is WebSocketException or IOException or HttpRequestException)
        {
            throw new RpcTransportException($"{_subject} could not be reached ({exception.Message}); check that it is up and takes WebSockets.", exception);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RpcTransportException($"{_subject} did not accept a connection within {_options.Timeout.TotalSeconds} s; check that it is up.", exception);
        }

        Reading = Task.Run(ReadLoopAsync, CancellationToken.None);
    }

    public async Task<RpcReply> SendAsync(RpcRequest request, long id, WebSocketSubscription? subscription, CancellationToken cancellationToken)
    {
        var pending = new PendingRequest(request.Method, subscription);
        _pending[id] = pending;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.Timeout);
        try
        {
            await WriteAsync(request, id, limit.Token).ConfigureAwait(false);
            if (_lost is { } lost)
            {
                throw lost;
            }

            return await pending.Reply.WaitAsync(limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RpcTransportException($"{_subject} did not answer {request.Method} within {_options.Timeout.TotalSeconds} s; check that it is up, or allow more time.", exception);
        }
        catch (Exception exception) when (exception is WebSocketException or InvalidOperationException or IOException)
        {
            throw new RpcTransportException($"{_subject} broke the connection off ({exception.Message}); check that it is up.", exception);
        }
        finally
        {
            _ = _pending.TryRemove(id, out _);
        }
    }

    public void Forget(string subscriptionId) => _subscriptions.TryRemove(subscriptionId, out _);

    public void Dispose()
    {
        Fail(new RpcTransportException($"The connection to {_subject} was closed by this program.", isTransient: false));
        _end.Cancel();
        _socket.Dispose();
    }

    private async Task WriteAsync(RpcRequest request, long id, CancellationToken cancellationToken)
    {
        var body = new ArrayBufferWriter<byte>(request.Parameters.Length + 128);
        RpcRequestWriter.Write(body, request, id);
        await _sending.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            // A half-sent frame would spoil the connection, so a frame that has begun is not cancelled.
            await _socket.SendAsync(body.WrittenMemory, WebSocketMessageType.Text, endOfMessage: true, _end.Token).ConfigureAwait(false);
        }
        finally
        {
            _sending.Release();
        }
    }

    private async Task ReadLoopAsync()
    {
        var buffer = new byte[FirstBuffer];
        try
        {
            while (true)
            {
                int length = 0;
                while (true)
                {
                    if (length == buffer.Length)
                    {
                        Array.Resize(ref buffer, (int)Math.Min((long)buffer.Length * 2, (long)_options.MaximumMessageBytes + 1));
                    }

                    ValueWebSocketReceiveResult part = await _socket.ReceiveAsync(buffer.AsMemory(length), _end.Token).ConfigureAwait(false);
                    length += part.Count;
                    if (part.MessageType == WebSocketMessageType.Close)
                    {
                        Fail(new RpcTransportException($"{_subject} closed the connection; it is opened again when needed."));
                        return;
                    }

                    if (length > _options.MaximumMessageBytes)
                    {
                        Fail(new RpcTransportException($"{_subject} sent a message of more than {_options.MaximumMessageBytes} bytes; ask for less at a time or allow longer messages.", isTransient: false));
                        return;
                    }

                    if (part.EndOfMessage)
                    {
                        break;
                    }
                }

                Dispatch(buffer.AsMemory(0, length).ToArray());
            }
        }
        catch (EthereumFormatException exception)
        {
            Fail(exception);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or IOException or ObjectDisposedException)
        {
            Fail(new RpcTransportException($"{_subject} broke the connection off ({exception.Message}); it is opened again when needed.", exception));
        }
    }

    private void Dispatch(ReadOnlyMemory<byte> text)
    {
        foreach (RpcMessage message in RpcReplyParser.ReadBatch(text, _subject))
        {
            if (message.IsNotification)
            {
                Notify(message.NotificationParameters);
            }
            else if (message.Id is { } id && _pending.TryGetValue(id, out PendingRequest? pending))
            {
                if (pending.Subscription is { } subscription && message.Error is null)
                {
                    // A name that cannot be read fails the connection, and with it this request, which is still among those that wait.
                    subscription.Id = SubscriptionId(message.Result);
                    _subscriptions[subscription.Id] = subscription;
                }

                _ = _pending.TryRemove(id, out _);
                pending.Complete(message);
            }
        }
    }

    private void Notify(ReadOnlyMemory<byte> parameters)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(parameters, new JsonDocumentOptions { MaxDepth = 256 });
            if (document.RootElement.TryGetProperty("subscription", out JsonElement id)
                && document.RootElement.TryGetProperty("result", out JsonElement result)
                && _subscriptions.TryGetValue(id.ToString(), out WebSocketSubscription? subscription))
            {
                subscription.Publish(System.Text.Encoding.UTF8.GetBytes(result.GetRawText()));
            }
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw RpcReplyParser.Garbled(parameters, _subject, exception);
        }
    }

    private string SubscriptionId(ReadOnlyMemory<byte> result)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(result);
            return document.RootElement.ToString();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw RpcReplyParser.Garbled(result, _subject, exception);
        }
    }

    private void Fail(EthereumException exception)
    {
        _lost ??= exception;
        _socket.Abort();
        foreach (long id in _pending.Keys)
        {
            if (_pending.TryRemove(id, out PendingRequest? pending))
            {
                pending.Fail(exception);
            }
        }
    }
}
