using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Parameters;

namespace OnchainMargin.Solver.Api;

/// <summary>What can be asked of the protocol's state.</summary>
internal static class ProtocolEndpoints
{
    private const int LargestPage = 500;
    private const int MostHours = 720;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/accounts", (ProtocolViews views, ulong after = 0, int limit = 100, bool underWater = false) =>
                limit is < 1 or > LargestPage
                    ? TypedResults.Problem($"The limit is {limit}; give a number from 1 to {LargestPage}.", statusCode: StatusCodes.Status400BadRequest, title: "Bad request")
                    : views.Accounts(after, limit, underWater) is { } page ? Results.Ok(page) : ApiSetup.NotReady("The index is empty still; ask again in a moment."))
            .Produces<PageOfAccounts>().WithSummary("Accounts with their figures, page by page").WithTags("accounts");
        api.MapGet("/accounts/{id}", (ProtocolViews views, ulong id) =>
                views.Account(id) is { } account ? Results.Ok(account) : ApiSetup.Missing($"Account {id} was never opened."))
            .Produces<AccountView>().WithSummary("An account: state, tokens, positions, health").WithTags("accounts");
        api.MapGet("/accounts/{id}/margin", (ProtocolViews views, ulong id) =>
                views.Breakdown(id) is { } margin ? Results.Ok(margin) : ApiSetup.Missing($"There is no margin of account {id}: it was never opened, or no checkpoint holds what it touches."))
            .Produces<BreakdownView>().WithSummary("Every term of an account's requirement").WithTags("accounts");
        api.MapGet("/accounts/{id}/tail", (ProtocolViews views, ulong id, int horizonHours = 24, double level = 0.99) =>
                horizonHours is < 1 or > MostHours || !(level is >= 0.5 and <= 0.9999)
                    ? TypedResults.Problem($"The horizon is {horizonHours} hours and the level {level}; give 1 to {MostHours} hours and a level from 0.5 to 0.9999.", statusCode: StatusCodes.Status400BadRequest, title: "Bad request")
                    : views.Tail(id, horizonHours, level) is { } tail ? Results.Ok(tail) : ApiSetup.Missing($"There is no margin of account {id}: it was never opened, or no checkpoint holds what it touches."))
            .Produces<TailView>().WithSummary("Simulated value at risk and expected shortfall of an account, with what each position adds").WithTags("accounts");
        api.MapGet("/accounts/{id}/proof", (ProtocolViews views, ulong id, CancellationToken cancellationToken) =>
                views.Proof(id, cancellationToken) is { Proof: { } proof } ? Results.Ok(proof) : ApiSetup.Missing(views.Proof(id, cancellationToken).Reason))
            .Produces<ProofView>().WithSummary("An account's attestation under the last epoch, ready to be used").WithTags("attestations");
        api.MapGet("/epochs", (ProtocolViews views, int limit = 20) => TypedResults.Ok(views.Epochs(Math.Clamp(limit, 1, LargestPage))))
            .WithSummary("The last epochs, newest first").WithTags("attestations");
        api.MapGet("/auctions", (ProtocolViews views, bool open = false) => TypedResults.Ok(views.Auctions(open)))
            .WithSummary("Lots, newest first").WithTags("auctions");
        api.MapGet("/parameters", (Broadcast<ParameterProposal> proposals) => proposals.Current is { } proposal
                ? Results.Ok(proposal) : ApiSetup.Missing("No parameters were proposed; play the role parameters, which needs ten days of checkpoints."))
            .Produces<ParameterProposal>().WithSummary("The last proposal of risk parameters, with its reasons and the accounts it would make liquidatable").WithTags("parameters");
        api.MapGet("/prices", (ProtocolViews views) => views.Prices() is { } prices ? Results.Ok(prices) : ApiSetup.NotReady("No checkpoint was taken yet; ask again in a moment."))
            .Produces<PricesView>().WithSummary("The last checkpoint's prices").WithTags("prices");
    }
}
