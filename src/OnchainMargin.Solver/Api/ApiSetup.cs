using System.Globalization;
using System.Net;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.RateLimiting;
using Microsoft.AspNetCore.StaticFiles;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Telemetry;

namespace OnchainMargin.Solver.Api;

/// <summary>Sets the HTTP API up: routes, the OpenAPI document, problem details, limits, origins, the wallet page.</summary>
internal static class ApiSetup
{
    private const string OriginsPolicy = "origins";
    private const int WindowSeconds = 10;
    private const int WindowSegments = 5;

    /// <summary>Room for a settlement of 64 fills; part of what is handed in is stored.</summary>
    private const long LargestRequestBytes = 65_536;

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

    public static void AddServices(WebApplicationBuilder builder, SolverOptions options)
    {
        if (!options.Plays(SolverRoles.Api))
        {
            return;
        }

        builder.Services.AddProblemDetails(static problems => problems.CustomizeProblemDetails = ApiErrors.Complete);
        builder.Services.Configure<RouteHandlerOptions>(static routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddExceptionHandler<ApiErrors>();
        builder.Services.AddOpenApi();
        builder.Services.AddSingleton<ProtocolViews>();
        builder.Services.AddSingleton<TradeHistory>();
        builder.Services.AddSingleton<PrometheusText>();
        builder.Services.AddCors(cors => cors.AddPolicy(OriginsPolicy, policy => policy.WithOrigins([.. options.Api.AllowedOrigins]).AllowAnyHeader().AllowAnyMethod().WithExposedHeaders("ETag", "Retry-After")));
        if (options.Api.RequestsPerTenSeconds > 0)
        {
            builder.Services.AddRateLimiter(limiter => Limit(limiter, options.Api.RequestsPerTenSeconds));
        }
    }

    public static void Map(WebApplication host, SolverOptions options)
    {
        if (!options.Plays(SolverRoles.Api))
        {
            return;
        }

        if (options.Api.TrustedProxies.Count > 0)
        {
            host.UseForwardedHeaders(Forwarded(options.Api.TrustedProxies));
        }

        // Before the routes are looked up, which are those of GET.
        host.Use(static (HttpContext context, RequestDelegate next) => HeadRequests.InvokeAsync(context, next));
        host.UseRouting();
        host.UseExceptionHandler();
        host.UseStatusCodePages();
        if (options.Api.AllowedOrigins.Count > 0)
        {
            host.UseCors(OriginsPolicy);
        }

        if (options.Api.RequestsPerTenSeconds > 0)
        {
            host.UseRateLimiter();
        }

        host.Use(static (HttpContext context, RequestDelegate next) => EntityTags.InvokeAsync(context, next));
        host.Use(SecureAsync);
        if (options.Api.WebFolder.Length > 0)
        {
            host.UseDefaultFiles();
            host.UseStaticFiles(new StaticFileOptions { OnPrepareResponse = Keep });
        }

        host.MapOpenApi("/openapi/{documentName}.json");
        ReferencePage.Map(host);
        HealthEndpoints.Map(host);
        PrometheusText prometheus = host.Services.GetRequiredService<PrometheusText>();
        host.MapGet("/metrics", () => TypedResults.Text(prometheus.Write(), "text/plain; version=0.0.4; charset=utf-8")).WithSummary("Metrics in Prometheus' text format").WithTags("health");
        RouteGroupBuilder api = host.MapGroup("/api").WithMetadata(new RequestSizeLimitAttribute(LargestRequestBytes));
        ProtocolEndpoints.Map(api);
        AccountEndpoints.Map(api);
        ProofEndpoints.Map(api);
        TailEndpoints.Map(api);
        OrderEndpoints.Map(api, options.Plays(SolverRoles.Relay));
        OperatorEndpoints.Map(api, options.Api);
        StreamEndpoints.Map(api);
    }

    /// <summary>The answer when something that was asked for is not there.</summary>
    public static ProblemHttpResult Missing(string sentence) => TypedResults.Problem(sentence, statusCode: StatusCodes.Status404NotFound, title: "Not found");

    /// <summary>The answer to a question that cannot be understood.</summary>
    public static ProblemHttpResult Bad(string sentence) => TypedResults.Problem(sentence, statusCode: StatusCodes.Status400BadRequest, title: "Bad request");

    /// <summary>The answer while the solver does not know enough yet.</summary>
    public static ProblemHttpResult NotReady(string sentence) => TypedResults.Problem(sentence, statusCode: StatusCodes.Status503ServiceUnavailable, title: "Not ready");

    /// <summary>Who asks is the last in X-Forwarded-For that is no proxy of ours: what stands before it a client may have written himself.</summary>
    private static ForwardedHeadersOptions Forwarded(IReadOnlyList<string> proxies)
    {
        var forwarded = new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedFor, ForwardLimit = null };
        forwarded.KnownIPNetworks.Clear();
        forwarded.KnownProxies.Clear();
        foreach (string proxy in proxies)
        {
            forwarded.KnownProxies.Add(IPAddress.Parse(proxy));
        }

        return forwarded;
    }

    private static void Limit(RateLimiterOptions limiter, int requests)
    {
        limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
        limiter.GlobalLimiter = PartitionedRateLimiter.CreateChained(
            PartitionedRateLimiter.Create<HttpContext, string>(context =>
                Array.Find(Limited, path => context.Request.Path.StartsWithSegments(path, StringComparison.OrdinalIgnoreCase)) is { } limited
                    ? RateLimitPartition.GetSlidingWindowLimiter(
                        $"{limited} {context.Connection.RemoteIpAddress}",
                        _ => new SlidingWindowRateLimiterOptions { PermitLimit = requests, Window = TimeSpan.FromSeconds(WindowSeconds), SegmentsPerWindow = WindowSegments, QueueLimit = 0 })
                    : RateLimitPartition.GetNoLimiter("")),
            PartitionedRateLimiter.Create<HttpContext, string>(context =>
                Array.Find(Held, held => held.Is(context.Request.Path)) is { Most: > 0 } held
                    ? RateLimitPartition.GetConcurrencyLimiter($"{held.Name} {context.Connection.RemoteIpAddress}", _ => new ConcurrencyLimiterOptions { PermitLimit = held.Most, QueueLimit = 0 })
                    : RateLimitPartition.GetNoLimiter("")));
        limiter.OnRejected = static async (context, cancellationToken) =>
        {
            context.HttpContext.Response.Headers.RetryAfter = (WindowSeconds / WindowSegments).ToString(CultureInfo.InvariantCulture);
            await TypedResults.Problem("Too many requests came from this address, or it has too many streams or simulations at once; wait a few seconds, or use /api/stream, once, instead of asking again and again.", statusCode: StatusCodes.Status429TooManyRequests, title: "Too many requests")
                .ExecuteAsync(context.HttpContext);
        };
    }

    /// <summary>The page loads nothing from elsewhere and may be framed by nobody; it may talk to any node, because the wallet's owner chooses that.</summary>
    private static Task SecureAsync(HttpContext context, RequestDelegate next)
    {
        context.Response.Headers.ContentSecurityPolicy = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self' http: https: ws: wss:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.Headers["Referrer-Policy"] = "no-referrer";
        return next(context);
    }

    /// <summary>Files whose name carries a hash never change; the page itself is asked for anew each time.</summary>
    private static void Keep(StaticFileResponseContext context) =>
        context.Context.Response.Headers.CacheControl = context.Context.Request.Path.StartsWithSegments("/assets", StringComparison.Ordinal) ? "public, max-age=31536000, immutable" : "no-cache";
}
