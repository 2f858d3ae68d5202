using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;

namespace OnchainMargin.Solver.Api;

/// <summary><c>/healthz</c>: the process lives. <c>/readyz</c>: the index has reached the chain's head, and no role fails or does not come to the end of a round.</summary>
internal static class HealthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/healthz", Alive)
            .WithSummary("Whether the process lives").WithTags("health");
        routes.MapGet("/readyz", Ready).WithSummary("Whether the index has reached the chain and no role fails").WithTags("health");
    }

    /// <summary>The answer of any process that lives.</summary>
    public static Microsoft.AspNetCore.Http.HttpResults.Ok<HealthView> Alive() => TypedResults.Ok(new HealthView("alive", [], null, null, null));

    private static Microsoft.AspNetCore.Http.HttpResults.JsonHttpResult<HealthView> Ready(Broadcast<IndexedBook> books, RoleHealth health)
    {
        IndexedBook? indexed = books.Current;
        RoleView[] roles =
        [
            .. health.States.OrderBy(static state => state.Key, StringComparer.Ordinal).Select(state => new RoleView(state.Key, health.DefectOf(state.Value) is null, health.DefectOf(state.Value) ?? "")),
        ];
        bool isReady = indexed is { IsCaughtUp: true } && roles.All(static role => role.IsWell);
        var view = new HealthView(isReady ? "ready" : "not ready", roles, ApiNumbers.Text(indexed?.Book.BlockNumber), ApiNumbers.Text(indexed?.Book.BlockTimeSeconds), ApiNumbers.Text(indexed?.ChainHead));
        return TypedResults.Json(view, statusCode: isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
