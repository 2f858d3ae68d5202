using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Api;

/// <summary>How much one client may ask of the API, and how much of what lasts it may have at once.</summary>
internal static class ApiLimits
{
    private const int WindowSeconds = 10;
    private const int WindowSegments = 5;

    /// <summary>How many bytes of an IPv6 address tell networks apart: whoever has one has all of its 2⁶⁴ addresses.</summary>
    private const int NetworkBytes = 8;

    /// <summary>How many tell sites apart: whoever asks a provider for one has its 65,536 networks.</summary>
    private const int SiteBytes = 6;

    /// <summary>How many networks of a site ask as much as they like, and hold as much at once.</summary>
    private const int NetworksOfASite = 8;

    /// <summary>What is limited by address, each for itself: what people ask, and what other attesters do. Routes take capitals for small letters, so limits do, too.</summary>
    private static readonly string[] Limited = ["/api", "/attest"];

    /// <summary>What goes on for long, or costs as much as a whole book or a simulation does, and how many of each an address may have at once, and all of them together. A site may have as much as some of its networks.</summary>
    private static readonly (string Name, Func<PathString, bool> Is, int Most, Func<ApiOptions, int> OfAll)[] Held =
    [
        ("stream", StreamEndpoints.IsStream, 32, static options => options.MaximumStreams),
        ("session", OrderEndpoints.IsSession, 32, static options => options.MaximumStreams),
        ("book", static path => path.StartsWithSegments("/attest/books", StringComparison.OrdinalIgnoreCase), 1, static options => options.MaximumBooks),
        ("tail", static path => path.Value!.TrimEnd('/').EndsWith("/tail", StringComparison.OrdinalIgnoreCase), 2, static options => options.MaximumTails),
    ];

    /// <summary>Sets the limits. Who has many addresses meets the last of them.</summary>
    public static void Set(RateLimiterOptions limiter, ApiOptions options)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        PartitionedRateLimiter<HttpContext> ofAll = AtOnce((held, _) => (held.Name, held.OfAll(options)));
        limiter.GlobalLimiter = options.RequestsPerTenSeconds == 0 ? ofAll : PartitionedRateLimiter.CreateChained(
            Requests(static context => Client(context.Connection.RemoteIpAddress), options.RequestsPerTenSeconds),
            Requests(static context => Site(context.Connection.RemoteIpAddress), options.RequestsPerTenSeconds * NetworksOfASite),
            AtOnce(static (held, context) => ($"{held.Name} {Client(context.Connection.RemoteIpAddress)}", held.Most)),
            AtOnce(static (held, context) => ($"{held.Name} {Site(context.Connection.RemoteIpAddress)}", held.Most * NetworksOfASite)),
            ofAll);
        limiter.OnRejected = static async (context, cancellationToken) =>
        {
            context.HttpContext.Response.Headers.RetryAfter = (WindowSeconds / WindowSegments).ToString(CultureInfo.InvariantCulture);
            await TypedResults.Problem("Too many requests came from this address, or it or all together have too many streams, simulations or books at once; wait a few seconds, or use /api/stream, once, instead of asking again and again.", statusCode: StatusCodes.Status429TooManyRequests, title: "Too many requests")
                .ExecuteAsync(context.HttpContext);
        };
    }

    /// <summary>Who is limited: an IPv4 address, written as IPv6 or not, or the network of an IPv6 address.</summary>
    internal static string Client(IPAddress? address) => Named(address, NetworkBytes);

    /// <summary>The site of an IPv6 address; an IPv4 address has none but itself.</summary>
    internal static string Site(IPAddress? address) => Named(address, SiteBytes);

    private static string Named(IPAddress? address, int bytes) =>
        address is not { AddressFamily: AddressFamily.InterNetworkV6 } ? $"{address}"
        : address.IsIPv4MappedToIPv6 ? $"{address.MapToIPv4()}"
        : Convert.ToHexString(address.GetAddressBytes(), 0, bytes);

    private static PartitionedRateLimiter<HttpContext> Requests(Func<HttpContext, string> who, int most) => PartitionedRateLimiter.Create<HttpContext, string>(context =>
        Array.Find(Limited, path => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase)) is { } limited
            ? RateLimitPartition.GetSlidingWindowLimiter(
                $"{limited} {who(context)}",
                _ => new SlidingWindowRateLimiterOptions { PermitLimit = most, Window = TimeSpan.FromSeconds(WindowSeconds), SegmentsPerWindow = WindowSegments, QueueLimit = 0 })
            : RateLimitPartition.GetNoLimiter(""));

    private static PartitionedRateLimiter<HttpContext> AtOnce(Func<(string Name, Func<PathString, bool> Is, int Most, Func<ApiOptions, int> OfAll), HttpContext, (string Key, int Most)> limit) => PartitionedRateLimiter.Create<HttpContext, string>(context =>
    {
        if (Array.Find(Held, held => held.Is(context.Request.Path)) is not { Most: > 0 } held)
        {
            return RateLimitPartition.GetNoLimiter("");
        }

        (string key, int most) = limit(held, context);
        return RateLimitPartition.GetConcurrencyLimiter(key, _ => new ConcurrencyLimiterOptions { PermitLimit = most, QueueLimit = 0 });
    });
}
