using Microsoft.AspNetCore.Http.HttpResults;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Parameters;

namespace OnchainMargin.Solver.Api;

/// <summary>What the models say beside the margin: tails of accounts and the next parameters. Part of no decision here.</summary>
internal static class TailEndpoints
{
    private const int MostHours = 24 * 30;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/accounts/{id}/tail", Tail).ProducesProblem(400).ProducesProblem(404)
            .WithSummary("Simulated value at risk and expected shortfall of an account, with what each position adds").WithTags("accounts");
        api.MapGet("/parameters", Results<Ok<ParameterProposal>, ProblemHttpResult> (Broadcast<ParameterProposal> proposals) => proposals.Current is { } proposal
                ? TypedResults.Ok(proposal) : ApiSetup.Missing("No parameters were proposed; play the role parameters, which needs eleven days of checkpoints."))
            .ProducesProblem(404).WithSummary("The last proposal of risk parameters, with its reasons and the accounts it would make liquidatable").WithTags("parameters");
    }

    private static Results<Ok<TailView>, ProblemHttpResult> Tail(ProtocolViews views, ulong id, CancellationToken cancellationToken, int horizonHours = 24, double level = 0.99) =>
        horizonHours is < 1 or > MostHours || !(level is >= 0.5 and <= 0.9999)
            ? ApiSetup.Bad($"The horizon is {horizonHours} hours and the level {level}; give 1 to {MostHours} hours and a level from 0.5 to 0.9999.")
            : views.Tail(id, horizonHours, level, cancellationToken) is { } tail ? TypedResults.Ok(tail) : ApiSetup.Missing($"There is no margin of account {id}: it was never opened, or no checkpoint holds what it touches.");
}
