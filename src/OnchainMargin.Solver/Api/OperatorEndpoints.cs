using System.Security.Cryptography;
using System.Text;
using OnchainMargin.Solver.Options;
using OnchainMargin.Solver.Store;
using OnchainMargin.Solver.Transactions;

namespace OnchainMargin.Solver.Api;

/// <summary>What only the operator may see. Served when <c>api:operatorKeyVariable</c> names a key, which requests bring in the header <c>X-Api-Key</c>.</summary>
internal static class OperatorEndpoints
{
    /// <summary>The header that carries the key.</summary>
    public const string KeyHeader = "X-Api-Key";

    public static void Map(RouteGroupBuilder api, ApiOptions options)
    {
        if (options.OperatorKeyVariable.Length == 0)
        {
            return;
        }

        byte[] key = SHA256.HashData(Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable(options.OperatorKeyVariable) ?? ""));
        RouteGroupBuilder guarded = api.MapGroup("/operator");
        guarded.AddEndpointFilter(async (context, next) =>
            context.HttpContext.Request.Headers[KeyHeader] is [{ } given] && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(given)), key)
                ? await next(context)
                : TypedResults.Problem($"This endpoint is the operator's; bring the key in the header {KeyHeader}.", statusCode: StatusCodes.Status401Unauthorized, title: "Unauthorized"));
        guarded.MapGet("/transactions", (SolverStore store, TransactionManagers managers) => TypedResults.Ok<IReadOnlyList<TransactionView>>(
                [.. managers.All.SelectMany(manager => store.UnsettledOf(manager.Sender)).Select(static entry => new TransactionView(
                    entry.Intent, entry.Sender.ToString(), ApiNumbers.Text(entry.Nonce), entry.State.ToString(), ApiNumbers.Text(entry.BlockNumber), entry.Reason))]))
            .ProducesProblem(401).WithSummary("Transactions that are not settled for good").WithTags("operator");
        guarded.MapGet("/roles", () => TypedResults.Ok(SolverRoles.All)).ProducesProblem(401).WithSummary("The roles that a solver can play").WithTags("operator");
    }
}
