using Microsoft.AspNetCore.Http.HttpResults;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Api;

/// <summary>Sets the HTTP API up: routes, the OpenAPI document, problem details, origins, the wallet page.</summary>
internal static class ApiSetup
{
    private const string OriginsPolicy = "origins";

    public static void AddServices(WebApplicationBuilder builder, SolverOptions options)
    {
        if (!options.Plays(SolverRoles.Api))
        {
            return;
        }

        builder.Services.AddProblemDetails();
        builder.Services.AddOpenApi();
        builder.Services.AddSingleton<ProtocolViews>();
        builder.Services.AddCors(cors => cors.AddPolicy(OriginsPolicy, policy => policy.WithOrigins([.. options.Api.AllowedOrigins]).AllowAnyHeader().AllowAnyMethod()));
    }

    public static void Map(WebApplication host, SolverOptions options)
    {
        if (!options.Plays(SolverRoles.Api))
        {
            return;
        }

        host.UseExceptionHandler();
        host.UseStatusCodePages();
        if (options.Api.AllowedOrigins.Count > 0)
        {
            host.UseCors(OriginsPolicy);
        }

        if (options.Api.WebFolder.Length > 0)
        {
            host.UseDefaultFiles();
            host.UseStaticFiles();
        }

        host.MapOpenApi("/openapi/{documentName}.json");
        HealthEndpoints.Map(host);
        ProtocolEndpoints.Map(host.MapGroup("/api"));
        StreamEndpoints.Map(host.MapGroup("/api"));
    }

    /// <summary>The answer when something that was asked for is not there.</summary>
    public static ProblemHttpResult Missing(string sentence) => TypedResults.Problem(sentence, statusCode: StatusCodes.Status404NotFound, title: "Not found");

    /// <summary>The answer while the solver does not know enough yet.</summary>
    public static ProblemHttpResult NotReady(string sentence) => TypedResults.Problem(sentence, statusCode: StatusCodes.Status503ServiceUnavailable, title: "Not ready");
}
