namespace OnchainMargin.Ethereum.Rpc;

/// <summary>How to talk to a node over a WebSocket.</summary>
public sealed record WebSocketRpcOptions
{
    /// <summary>The address, ws or wss. It may hold a secret, so messages show only scheme, host and port.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The longest message that is read.</summary>
    public int MaximumMessageBytes { get; init; } = 64 << 20;

    /// <summary>The time one request, or one attempt to connect, may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a read is sent again after a transport failure.</summary>
    public int RetryCount { get; init; } = 3;

    /// <summary>The pause before the first retry; it doubles each time.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The pause before the first attempt to connect again; it doubles up to <see cref="LongestReconnectDelay"/>.</summary>
    public TimeSpan ReconnectDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest pause between attempts to connect again, which never end while there are subscriptions.</summary>
    public TimeSpan LongestReconnectDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The pause between pings; a connection that does not answer one in as long again is given up.</summary>
    public TimeSpan KeepAliveInterval { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How many notifications wait for a slow subscriber before the rest are dropped and the subscriber is told of a gap.</summary>
    public int SubscriptionCapacity { get; init; } = 4096;

    /// <summary>Refuses an address or a number that cannot work.</summary>
    /// <exception cref="EthereumFormatException">Thrown with the sentence that names the option.</exception>
    public void Validate()
    {
        if (!Endpoint.IsAbsoluteUri || Endpoint.Scheme is not ("ws" or "wss"))
        {
            throw new EthereumFormatException($"The node's address '{HexData.Quote(Endpoint.ToString())}' is not a ws or wss address; write it like ws://127.0.0.1:8545.");
        }

        if (MaximumMessageBytes < 1024 || RetryCount is < 0 or > 20 || Timeout <= TimeSpan.Zero || SubscriptionCapacity < 1
            || ReconnectDelay <= TimeSpan.Zero || LongestReconnectDelay < ReconnectDelay || KeepAliveInterval <= TimeSpan.Zero)
        {
            throw new EthereumFormatException("The node's options are out of range: at least 1024 message bytes, 0 to 20 retries, a capacity of at least 1, and positive times.");
        }
    }
}
