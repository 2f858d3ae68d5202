using System.Globalization;
using System.Net;
using OnchainMargin.Ethereum.Rpc;

namespace OnchainMargin.Solver.Options;

/// <summary>How the HTTP API is served.</summary>
public sealed record ApiOptions
{
    /// <summary>The address to listen on: http, an IP address of this machine or localhost, and a port, 0 for any free one.</summary>
    public string Url { get; init; } = "http://127.0.0.1:8600";

    /// <summary>The folder of the built wallet page; empty for none.</summary>
    public string WebFolder { get; init; } = "";

    /// <summary>The node's address as wallets reach it, offered by the page when a wallet does not know the chain; empty to offer none.</summary>
    public string PublicNodeUrl { get; init; } = "";

    /// <summary>Origins that browsers may call from, beside the page that is served here: scheme, host and port alone, like https://trade.example; * for all.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>The IP addresses of reverse proxies before the API: what one of them says in X-Forwarded-For is the address that asks, for the limits below. What anybody else says there counts for nothing. Without it everybody behind a proxy is one address.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>The most requests that one address may make in ten seconds, and as many of another attester's; it may also hold 32 streams and 32 sessions open, have two tails simulated and fetch one book at once. An address is one of IPv4, or all that begin with the same 64 bits; those that begin with the same 48 bits may make eight times as many requests, and hold eight times as much. 0 for no limit by address.</summary>
    public int RequestsPerTenSeconds { get; init; } = 400;

    /// <summary>The most connections that are open at once, of all addresses; further ones are closed as they come; how many an address has is for a reverse proxy to bound. 0 for no limit.</summary>
    public int MaximumConnections { get; init; } = 4096;

    /// <summary>The most streams, and as many sessions, that are open at once, of all addresses. Both together may take three quarters of the connections: the last quarter is for those who ask and hold nothing.</summary>
    public int MaximumStreams { get; init; } = 1536;

    /// <summary>The most tails that are simulated at once, of all addresses: each takes a core.</summary>
    public int MaximumTails { get; init; } = 4;

    /// <summary>The most whole books that are sent at once, to other attesters, watchtowers and whoever asks: of a million accounts each is 581 MB. Who reads one more slowly than a megabyte a second is cut off.</summary>
    public int MaximumBooks { get; init; } = 16;

    /// <summary>The environment variable that holds the key of the operator's endpoints; empty to serve none of them.</summary>
    public string OperatorKeyVariable { get; init; } = "";

    internal IEnumerable<string> Errors()
    {
        OptionErrors errors = new("api");
        errors.Range(RequestsPerTenSeconds, 0, 1_000_000);
        errors.Range(MaximumConnections, 0, 1_000_000);
        errors.Range(MaximumStreams, 1, 1_000_000);
        errors.Require(
            MaximumConnections == 0 || ConnectionsFor(MaximumStreams) <= MaximumConnections,
            nameof(MaximumStreams),
            string.Create(CultureInfo.InvariantCulture, $"is {MaximumStreams}: with as many sessions they would leave others less than a quarter of the {MaximumConnections} connections; lower it, or raise api:maximumConnections to {ConnectionsFor(MaximumStreams)} or more"));
        errors.Range(MaximumTails, 1, 1024);
        errors.Range(MaximumBooks, 1, 1024);
        errors.Require(CanListenAt(Url), "url", $"is nothing to listen at{UrlOrigin.Bracketed(Url)}; write it as http, an IP address of this machine or localhost, and a port, like http://127.0.0.1:8600 (TLS is a reverse proxy's: docs/guides/operator.md)");
        if (PublicNodeUrl.Length > 0)
        {
            errors.Url(PublicNodeUrl, "https://node.example or leave it empty");
        }

        foreach (string origin in AllowedOrigins)
        {
            errors.Require(IsOrigin(origin), "allowedOrigins", $"names what is no origin of a page{UrlOrigin.Bracketed(origin)}; write each as scheme, host and port alone, like https://trade.example, or * for all");
        }

        foreach (string proxy in TrustedProxies)
        {
            errors.Require(IPAddress.TryParse(proxy, out _), "trustedProxies", $"names '{proxy}', which is no IP address; write each like 127.0.0.1 or ::1");
        }

        errors.VariableName(OperatorKeyVariable);
        errors.Require(WebFolder.Length == 0 || Directory.Exists(WebFolder), "webFolder", $"names '{WebFolder}', which is no folder; name the folder of the built wallet page (web/dist) or leave it empty");
        errors.Require(
            OperatorKeyVariable.Length == 0 || Environment.GetEnvironmentVariable(OperatorKeyVariable) is { Length: >= 16 },
            "operatorKeyVariable",
            "names no environment variable that holds a key of 16 characters or more; set that variable or leave the option empty");
        return errors.Sentences;
    }

    /// <summary>How many connections there must be at least for so many streams and as many sessions to be three quarters of them.</summary>
    private static long ConnectionsFor(int streams) => ((8L * streams) + 2) / 3;

    /// <summary>Whether the server takes it: without a path and without TLS. A name it would take for every address of the machine, so only localhost is one.</summary>
    private static bool CanListenAt(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out Uri? read) && read is { Scheme: "http", PathAndQuery: "/", Fragment: "", UserInfo: "" }
        && (read.HostNameType is UriHostNameType.IPv4 or UriHostNameType.IPv6 || string.Equals(read.Host, "localhost", StringComparison.OrdinalIgnoreCase));

    /// <summary>Whether it is what browsers send as Origin: an address with a path, or a slash at its end, would never be equal to one.</summary>
    private static bool IsOrigin(string origin) =>
        origin is "*" || (Uri.TryCreate(origin, UriKind.Absolute, out Uri? read) && read.Host.Length > 0 && string.Equals(UrlOrigin.Of(read), origin, StringComparison.OrdinalIgnoreCase));
}
