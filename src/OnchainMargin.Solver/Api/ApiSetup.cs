using System.Net;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.StaticFiles;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Relay;
using OnchainMargin.Solver.Telemetry;

namespace OnchainMargin.Solver.Api;

/// <summary>Sets the HTTP API up: routes, the OpenAPI document, problem details, limits, origins, the wallet page.</summary>
internal static class ApiSetup
{
    private const string OriginsPolicy = "origins";

    /// <summary>Room for a settlement of 64 fills; an order, its signature included, is stored as it was handed in.</summary>
    private const long LargestRequestBytes = 65_536;

    public static void AddServices(WebApplicationBuilder builder, SolverOptions options)
    {
        if (!options.Plays(SolverRoles.Api))
        {
            return;
        }

        if (options.Api.MaximumConnections > 0)
        {
            builder.WebHost.ConfigureKestrel(server => server.Limits.MaxConcurrentConnections = options.Api.MaximumConnections);
        }

        builder.Services.AddProblemDetails(static problems => problems.CustomizeProblemDetails = ApiErrors.Complete);
        builder.Services.Configure<RouteHandlerOptions>(static routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddExceptionHandler<ApiErrors>();
        builder.Services.AddOpenApi();
        builder.Services.AddSingleton<ProtocolViews>();
        builder.Services.AddSingleton<TradeHistory>();
        builder.Services.AddSingleton<PrometheusText>();
        builder.Services.AddCors(cors => cors.AddPolicy(OriginsPolicy, policy => policy.WithOrigins([.. options.Api.AllowedOrigins]).AllowAnyHeader().AllowAnyMethod().WithExposedHeaders("ETag", "Retry-After")));
        builder.Services.AddRateLimiter(limiter => ApiLimits.Set(limiter, options.Api));
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

        host.UseRateLimiter();
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
