using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.RateLimiting;
using OnchainMargin.Solver.Api;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Tests.Api;

public sealed class ApiLimitsTests
{
    /// <summary>Whoever has one address of a network has 2⁶⁴ of them, and would have as many budgets.</summary>
    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true)]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("fe80::1%1", "fe80::1%2", true)]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", true)]
    [InlineData("192.0.2.1", "192.0.2.2", false)]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.2", false)]
    public void Client_OfTwoAddresses_IsOneWhereTheyAreOfOneNetwork(string one, string other, bool isSame) =>
        Assert.Equal(isSame, string.Equals(ApiLimits.Client(IPAddress.Parse(one)), ApiLimits.Client(IPAddress.Parse(other)), StringComparison.Ordinal));

    /// <summary>A thousand addresses cost a few coins an hour, and each had two simulations, a book and 32 streams of its own.</summary>
    [Theory]
    [InlineData("/api/accounts/2/tail")]
    [InlineData("/attest/books/7")]
    [InlineData("/api/stream")]
    public void Tail_FromManyAddresses_AFewAtOnce(string path)
    {
        PartitionedRateLimiter<HttpContext> limiter = Limiter(new ApiOptions { MaximumTails = 3, MaximumBooks = 3, MaximumStreams = 3 });
        RateLimitLease[] leases = [.. Enumerable.Range(1, 4).Select(last => limiter.AttemptAcquire(Asked(path, $"192.0.2.{last}")))];
        Assert.Equal([true, true, true, false], leases.Select(static lease => lease.IsAcquired));
        Assert.True(limiter.AttemptAcquire(Asked("/api/epochs", "192.0.2.9")).IsAcquired);

        leases[0].Dispose();
        Assert.True(limiter.AttemptAcquire(Asked(path, "192.0.2.4")).IsAcquired);
    }

    /// <summary>Where a gateway counts who asks, what costs a core or half a gigabyte is bounded here still.</summary>
    [Fact]
    public void Tails_WithoutLimitsByAddress_AreBoundedInAll()
    {
        PartitionedRateLimiter<HttpContext> limiter = Limiter(new ApiOptions { RequestsPerTenSeconds = 0, MaximumTails = 3 });
        Assert.Equal([true, true, true, false], Enumerable.Range(1, 4).Select(_ => limiter.AttemptAcquire(Asked("/api/accounts/1/tail", "192.0.2.1")).IsAcquired));
        Assert.All(Enumerable.Range(1, 1_000), _ => Assert.True(limiter.AttemptAcquire(Asked("/api/epochs", "192.0.2.1")).IsAcquired));
    }

    /// <summary>A provider gives 2¹⁶ networks away with a site.</summary>
    [Fact]
    public void Requests_FromManyNetworksOfOneSite_AreThoseOfEight()
    {
        PartitionedRateLimiter<HttpContext> limiter = Limiter(new ApiOptions { RequestsPerTenSeconds = 2 });
        bool Takes(int network, int site = 1) => limiter.AttemptAcquire(Asked("/api/epochs", $"2001:db8:{site}:{network:x}::1")).IsAcquired;
        Assert.All(Enumerable.Range(1, 16), network => Assert.True(Takes(network)));
        Assert.False(Takes(17));
        Assert.True(Takes(17, site: 2));
    }

    /// <summary>64 networks of one site, with 32 streams and 32 sessions each, held every connection that there is.</summary>
    [Theory]
    [InlineData("/api/stream", 32)]
    [InlineData("/api/orders/session", 32)]
    [InlineData("/attest/books/7", 1)]
    [InlineData("/api/accounts/2/tail", 2)]
    public void Held_ByManyNetworksOfOneSite_IsThatOfEight(string path, int most)
    {
        PartitionedRateLimiter<HttpContext> limiter = Limiter(new ApiOptions { RequestsPerTenSeconds = 1_000_000, MaximumBooks = 1024, MaximumTails = 1024 });
        bool Takes(int network, int site = 1) => limiter.AttemptAcquire(Asked(path, $"2001:db8:{site}:{network:x}::1")).IsAcquired;
        Assert.All(Enumerable.Range(0, 8 * most), i => Assert.True(Takes(i / most)));
        Assert.False(Takes(8));
        Assert.True(Takes(8, site: 2));
    }

    /// <summary>Whoever holds all streams and sessions leaves connections for those who ask.</summary>
    [Theory]
    [InlineData(4096, 1536, true)]
    [InlineData(4096, 1537, false)]
    [InlineData(4099, 1537, true)]
    [InlineData(0, 1_000_000, true)]
    public void Streams_AndSessions_LeaveAQuarterOfTheConnections(int connections, int streams, bool isTaken)
    {
        string[] errors = [.. new ApiOptions { MaximumConnections = connections, MaximumStreams = streams }.Errors()];
        Assert.Equal(
            isTaken ? [] : ["Option api:maximumStreams is 1537: with as many sessions they would leave others less than a quarter of the 4096 connections; lower it, or raise api:maximumConnections to 4099 or more."],
            errors);
    }

    private static PartitionedRateLimiter<HttpContext> Limiter(ApiOptions options)
    {
        var limiter = new RateLimiterOptions();
        ApiLimits.Set(limiter, options);
        return limiter.GlobalLimiter!;
    }

    private static DefaultHttpContext Asked(string path, string address) => new() { Request = { Path = path }, Connection = { RemoteIpAddress = IPAddress.Parse(address) } };
}
