namespace OnchainMargin.Ethereum.Rpc;

/// <summary>How to talk to a node over HTTP.</summary>
public sealed record HttpRpcOptions
{
    /// <summary>The address, http or https. It may hold a secret, so messages show only scheme, host and port.</summary>
    public required Uri Endpoint { get; init; }

    /// <summary>The longest answer that is read.</summary>
    public int MaximumReplyBytes { get; init; } = 64 << 20;

    /// <summary>The time one try may take.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a read is sent again after a transport failure; anything that may change state is sent once.</summary>
    public int RetryCount { get; init; } = 3;

    /// <summary>The pause before the first retry; it doubles each time.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>Headers to send along, for example an authorisation.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Refuses an address or a number that cannot work.</summary>
    /// <exception cref="EthereumFormatException">Thrown with the sentence that names the option.</exception>
    public void Validate()
    {
        if (!Endpoint.IsAbsoluteUri || Endpoint.Scheme is not ("http" or "https"))
        {
            throw new EthereumFormatException($"The node's address{UrlOrigin.Bracketed(Endpoint.OriginalString)} is not an http or https address; write it like http://127.0.0.1:8545.");
        }

        RpcOptionBounds.Require(MaximumReplyBytes, 1024);
        RpcOptionBounds.Require(RetryCount, 0, 20);
        RpcOptionBounds.Require(Timeout, RpcOptionBounds.LeastTime);
        RpcOptionBounds.Require(RetryDelay, TimeSpan.Zero);
    }
}
