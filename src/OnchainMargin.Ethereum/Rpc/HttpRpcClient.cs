using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using Polly;

namespace OnchainMargin.Ethereum.Rpc;

/// <summary>JSON-RPC over HTTP, the second version where TLS offers it. Reads are retried after transport failures; what may change state is sent once.</summary>
public sealed class HttpRpcClient : IRpcClient, IDisposable
{
    private const string Batch = "batch";

    private readonly HttpRpcOptions _options;
    private readonly HttpClient _http;
    private readonly ResiliencePipeline _retries;
    private readonly string _subject;
    private long _lastId;

    /// <summary>Creates a client with its own connection pool.</summary>
    /// <exception cref="EthereumFormatException">Thrown when an option is out of range.</exception>
    public HttpRpcClient(HttpRpcOptions options, HttpMessageHandler? handler = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _subject = $"The node at {UrlOrigin.Of(options.Endpoint)}";
        _http = new HttpClient(handler ?? OutboundHttp.NewHandler())
        {
            Timeout = System.Threading.Timeout.InfiniteTimeSpan,
        };
        foreach ((string name, string value) in options.Headers)
        {
            _http.DefaultRequestHeaders.TryAddWithoutValidation(name, value);
        }

        _retries = RpcRetries.Build(options.RetryCount, options.RetryDelay, timeProvider ?? TimeProvider.System);
    }

    /// <summary>Creates a client for a node with ordinary options.</summary>
    public HttpRpcClient(Uri endpoint)
        : this(new HttpRpcOptions { Endpoint = endpoint })
    {
    }

    /// <inheritdoc/>
    public async Task<ReadOnlyMemory<byte>> SendAsync(RpcRequest request, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        long id = Interlocked.Increment(ref _lastId);
        var body = new ArrayBufferWriter<byte>(request.Parameters.Length + 128);
        RpcRequestWriter.Write(body, request, id);
        EthereumTelemetry.Requests.Add(1);
        using Activity? activity = EthereumTelemetry.Calling(request.Method);
        RpcMessage reply = await ExchangeAsync(body.WrittenMemory, RpcMethods.IsRead(request.Method), answer => ReadOne(answer, id), cancellationToken).ConfigureAwait(false);
        return reply.Error is null ? reply.Result : throw new RpcErrorException(request.Method, reply.Error);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<RpcReply>> SendBatchAsync(IReadOnlyList<RpcRequest> requests, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(requests);
        if (requests.Count == 0)
        {
            return [];
        }

        long firstId = Interlocked.Add(ref _lastId, requests.Count) - requests.Count + 1;
        var body = new ArrayBufferWriter<byte>(requests.Sum(static request => request.Parameters.Length + 96));
        RpcRequestWriter.WriteBatch(body, requests, firstId);
        EthereumTelemetry.Requests.Add(requests.Count);
        using Activity? activity = EthereumTelemetry.Calling(Batch);
        bool readsOnly = requests.All(static request => RpcMethods.IsRead(request.Method));
        return await ExchangeAsync(body.WrittenMemory, readsOnly, answer => RpcBatch.Match(answer, requests, firstId, _subject), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private RpcMessage ReadOne(ReadOnlyMemory<byte> answer, long id)
    {
        RpcMessage message = RpcReplyParser.ReadObject(answer, _subject);
        return message.IsNotification || (message.Id != id && message.Error is null)
            ? throw RpcReplyParser.Garbled(answer, _subject)
            : message;
    }

    /// <summary>Posts a body and reads the answer; under the retries when it only reads.</summary>
    private async Task<T> ExchangeAsync<T>(ReadOnlyMemory<byte> body, bool isRead, Func<ReadOnlyMemory<byte>, T> read, CancellationToken cancellationToken)
    {
        return isRead && _options.RetryCount > 0
            ? await _retries.ExecuteAsync(async token => read(await PostAsync(body, token).ConfigureAwait(false)), cancellationToken).ConfigureAwait(false)
            : read(await PostAsync(body, cancellationToken).ConfigureAwait(false));
    }

    private async Task<ReadOnlyMemory<byte>> PostAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(_options.Timeout);
        try
        {
            // By HTTP/1.1 each of many questions at once needs a connection of its own, with its handshakes, at the very moment when a price sinks many accounts.
            using var request = new HttpRequestMessage(HttpMethod.Post, _options.Endpoint) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionOrLower, Content = new ReadOnlyMemoryContent(body) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using HttpResponseMessage response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
            ReadOnlyMemory<byte> answer = await BoundedBody.ReadAsync(response.Content, _options.MaximumReplyBytes, _subject, limit.Token).ConfigureAwait(false);
            int status = (int)response.StatusCode;
            bool isBusy = status is 408 or 429 or 502 or 503 or 504;
            // Whoever may not ask is told so in JSON by some hosts: no answer to what was asked, and another node may give one.
            bool isShut = status is 401 or 402 or 403;
            if (isBusy || isShut || (!response.IsSuccessStatusCode && !LooksLikeJson(answer.Span)))
            {
                throw new RpcTransportException($"{_subject} answered with HTTP status {status}; check its address and its limits.", isTransient: isBusy || status >= 500);
            }

            return answer;
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RpcTransportException($"{_subject} did not answer within {_options.Timeout.TotalSeconds} s; check that it is up, or allow more time.", exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new RpcTransportException($"{_subject} could not be reached or broke off ({exception.Message}); check that it is up.", exception);
        }
    }

    private static bool LooksLikeJson(ReadOnlySpan<byte> answer) => answer.TrimStart(" \r\n\t"u8) is [(byte)'{' or (byte)'[', ..];
}
