namespace OnchainMargin.Solver.Api;

/// <summary>What can be asked of the protocol's state.</summary>
internal static class ProtocolEndpoints
{
    private const int LargestPage = 500;

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
        api.MapGet("/accounts/{id}/proof", (ProtocolViews views, ulong id, CancellationToken cancellationToken) =>
                views.Proof(id, cancellationToken) is { Proof: { } proof } ? Results.Ok(proof) : ApiSetup.Missing(views.Proof(id, cancellationToken).Reason))
            .Produces<ProofView>().WithSummary("An account's attestation under the last epoch, ready to be used").WithTags("attestations");
        api.MapGet("/epochs", (ProtocolViews views, int limit = 20) => TypedResults.Ok(views.Epochs(Math.Clamp(limit, 1, LargestPage))))
            .WithSummary("The last epochs, newest first").WithTags("attestations");
        api.MapGet("/auctions", (ProtocolViews views, bool open = false) => TypedResults.Ok(views.Auctions(open)))
            .WithSummary("Lots, newest first").WithTags("auctions");
        api.MapGet("/prices", (ProtocolViews views) => views.Prices() is { } prices ? Results.Ok(prices) : ApiSetup.NotReady("No checkpoint was taken yet; ask again in a moment."))
            .Produces<PricesView>().WithSummary("The last checkpoint's prices").WithTags("prices");
    }
}
