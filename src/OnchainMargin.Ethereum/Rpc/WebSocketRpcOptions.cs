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
            throw new EthereumFormatException($"The node's address{UrlOrigin.Bracketed(Endpoint.OriginalString)} is not a ws or wss address; write it like ws://127.0.0.1:8545.");
        }

        RpcOptionBounds.Require(MaximumMessageBytes, 1024);
        RpcOptionBounds.Require(RetryCount, 0, 20);
        RpcOptionBounds.Require(Timeout, RpcOptionBounds.LeastTime);
        RpcOptionBounds.Require(SubscriptionCapacity, 1);
        RpcOptionBounds.Require(ReconnectDelay, RpcOptionBounds.LeastTime);
        RpcOptionBounds.Require(LongestReconnectDelay, ReconnectDelay);
        RpcOptionBounds.Require(KeepAliveInterval, RpcOptionBounds.LeastTime);
    }
}
