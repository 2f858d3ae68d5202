using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;

namespace OnchainMargin.Solver.Api;

/// <summary>How much one client may ask of the API, and how much of what lasts it may have at once.</summary>
internal static class ApiLimits
{
    private const int WindowSeconds = 10;
    private const int WindowSegments = 5;

    /// <summary>How many bytes of an IPv6 address tell networks apart: whoever has one has all of its 2⁶⁴ addresses.</summary>
    private const int NetworkBytes = 8;

    /// <summary>What is limited by address, each for itself: what people ask, and what other attesters do. Routes take capitals for small letters, so limits do, too.</summary>
    private static readonly string[] Limited = ["/api", "/attest"];

    /// <summary>What goes on for long, or costs as much as a whole book or a simulation does, and how many of each an address may have at once.</summary>
    private static readonly (string Name, Func<PathString, bool> Is, int Most)[] Held =
    [
        ("stream", StreamEndpoints.IsStream, 32),
        ("session", OrderEndpoints.IsSession, 32),
        ("book", static path => path.StartsWithSegments("/attest/books", StringComparison.OrdinalIgnoreCase), 1),
        ("tail", static path => path.Value!.TrimEnd('/').EndsWith("/tail", StringComparison.OrdinalIgnoreCase), 2),
    ];

    /// <summary>Sets the limits.</summary>
    public static void Set(RateLimiterOptions limiter, int requests)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<HttpContext, string>(context =>
                Array.Find(Limited, path => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase)) is { } limited
                    ? RateLimitPartition.GetSlidingWindowLimiter(
                        $"{limited} {Client(context.Connection.RemoteIpAddress)}",
                        _ => new SlidingWindowRateLimiterOptions { PermitLimit = requests, Window = TimeSpan.FromSeconds(WindowSeconds), SegmentsPerWindow = WindowSegments, QueueLimit = 0 })
                    : RateLimitPartition.GetNoLimiter("")),
            PartitionedRateLimiter.Create<HttpContext, string>(context =>
                Array.Find(Held, held => held.Is(context.Request.Path)) is { Most: > 0 } held
                    ? RateLimitPartition.GetConcurrencyLimiter($"{held.Name} {Client(context.Connection.RemoteIpAddress)}", _ => new ConcurrencyLimiterOptions { PermitLimit = held.Most, QueueLimit = 0 })
                    : RateLimitPartition.GetNoLimiter("")));
        limiter.OnRejected = static async (context, cancellationToken) =>
        {
            context.HttpContext.Response.Headers.RetryAfter = (WindowSeconds / WindowSegments).ToString(CultureInfo.InvariantCulture);
            await TypedResults.Problem("Too many requests came from this address, or it has too many streams or simulations at once; wait a few seconds, or use /api/stream, once, instead of asking again and again.", statusCode: StatusCodes.Status429TooManyRequests, title: "Too many requests")
                .ExecuteAsync(context.HttpContext);
        };
    }

    /// <summary>Who is limited: an IPv4 address, written as IPv6 or not, or the network of an IPv6 address.</summary>
    internal static string Client(IPAddress? address) =>
        address is not { AddressFamily: AddressFamily.InterNetworkV6 } ? $"{address}"
        : address.IsIPv4MappedToIPv6 ? $"{address.MapToIPv4()}"
        : Convert.ToHexString(address.GetAddressBytes(), 0, NetworkBytes);
}
