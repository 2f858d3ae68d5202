namespace OnchainMargin.Ethereum.Rpc;

/// <summary>How requests of this process go to nodes and to other solvers.</summary>
public static class OutboundHttp
{
    /// <summary>A handler that goes where it is sent and nowhere else: by a redirect whoever answers would have this machine ask what only this machine reaches. Addresses are looked up anew every five minutes.</summary>
    public static SocketsHttpHandler NewHandler() => new() { PooledConnectionLifetime = TimeSpan.FromMinutes(5), EnableMultipleHttp2Connections = true, UseCookies = false, AllowAutoRedirect = false };
}
