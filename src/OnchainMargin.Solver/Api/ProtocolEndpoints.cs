using Microsoft.AspNetCore.Http.HttpResults;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Options;

namespace OnchainMargin.Solver.Api;

/// <summary>What can be asked of the protocol's state.</summary>
internal static class ProtocolEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/deployment", Results<Ok<DeploymentView>, ProblemHttpResult> (ProtocolViews views, SolverOptions options) =>
                views.Deployment(options.Api.PublicNodeUrl, options.Plays(SolverRoles.Relay), options.Plays(SolverRoles.Attester)) is { } deployment ? TypedResults.Ok(deployment)
                : ApiSetup.NotReady("The index has not read the deployment yet; ask again in a moment."))
            .ProducesProblem(503).WithSummary("Where the protocol is and what it lists").WithTags("deployment");
        api.MapGet("/prices", PricesAsync).ProducesProblem(503).WithSummary("Prices: live, or of the last checkpoint with live=false").WithTags("prices");
        api.MapGet("/instruments", InstrumentsAsync).ProducesProblem(503).WithSummary("What can be traded or margined, with live marks").WithTags("prices");
        api.MapGet("/instruments/{name}", InstrumentAsync).ProducesProblem(404).ProducesProblem(503).WithSummary("One instrument by name, also one that nobody holds yet").WithTags("prices");
        api.MapGet("/surfaces", SurfacesAsync).ProducesProblem(503).WithSummary("Volatility surfaces of every expiry").WithTags("prices");
        api.MapGet("/epochs", Results<Ok<IReadOnlyList<EpochView>>, ProblemHttpResult> (ProtocolViews views, CancellationToken cancellationToken, ulong before = ulong.MaxValue, int limit = 20) =>
                Paging.Defect(limit) is { } defect ? defect : TypedResults.Ok(views.Epochs(before, limit, cancellationToken)))
            .ProducesProblem(400).WithSummary("Epochs, newest first: with before those of smaller numbers").WithTags("attestations");
        api.MapGet("/attesters", (ProtocolViews views, SolverKeys keys) => TypedResults.Ok(views.Attesters(attester => keys.Attesters.Any(key => key.Address == attester))))
            .WithSummary("Everybody who attests or did, with what is at stake").WithTags("attestations");
        api.MapGet("/accounts/{id}/proof", Proof).ProducesProblem(404).WithSummary("An account's attestation under the last epoch, ready to be used").WithTags("attestations");
        api.MapGet("/needs", (ProtocolViews views) => TypedResults.Ok(views.Needs())).WithSummary("What was taken over from lots and waits for auto-deleveraging").WithTags("auctions");
        api.MapGet("/auctions", AuctionsAsync).ProducesProblem(400).ProducesProblem(503).WithSummary("Lots, newest first: with open=true or open=false those that are open or ended, with before those of smaller numbers").WithTags("auctions");
        api.MapGet("/auctions/{id}", AuctionAsync).ProducesProblem(404).ProducesProblem(503).WithSummary("A lot with the preimage that bids need").WithTags("auctions");
    }

    private static async Task<Results<Ok<PricesView>, ProblemHttpResult>> PricesAsync(ProtocolViews views, ILiveInputs inputs, CancellationToken cancellationToken, bool live = true) =>
        live ? TypedResults.Ok(views.Prices(await inputs.GetAsync(cancellationToken), isLive: true))
        : views.Book?.LatestCheckpoint is { } last ? TypedResults.Ok(views.Prices(last, isLive: false))
        : ApiSetup.NotReady("No checkpoint was taken yet; ask again in a moment.");

    private static async Task<Ok<IReadOnlyList<InstrumentView>>> InstrumentsAsync(ProtocolViews views, ILiveInputs live, CancellationToken cancellationToken) =>
        TypedResults.Ok(views.Instruments(await live.GetAsync(cancellationToken)));

    private static async Task<Results<Ok<InstrumentView>, ProblemHttpResult>> InstrumentAsync(ProtocolViews views, ILiveInputs live, string name, CancellationToken cancellationToken)
    {
        CheckpointInputs inputs = await live.GetAsync(cancellationToken);
        return views.Names.Parse(name) is { } instrument && Quotes.MarkE8(instrument, inputs.View) is not null
            ? TypedResults.Ok(views.View(instrument, inputs))
            : ApiSetup.Missing($"The instrument '{name}' has no market here; take a name from /api/instruments.");
    }

    private static async Task<Ok<IReadOnlyList<SurfaceView>>> SurfacesAsync(ILiveInputs live, CancellationToken cancellationToken) =>
        TypedResults.Ok(ProtocolViews.Surfaces(await live.GetAsync(cancellationToken)));

    private static async Task<Results<Ok<IReadOnlyList<AuctionView>>, ProblemHttpResult>> AuctionsAsync(ProtocolViews views, ILiveInputs inputs, CancellationToken cancellationToken, bool? open = null, ulong before = ulong.MaxValue, int limit = 100)
    {
        if (Paging.Defect(limit) is { } defect)
        {
            return defect;
        }

        IReadOnlyList<BookLot> lots = views.Lots(open, before, limit);
        CheckpointInputs? live = await LiveAsync(lots, inputs, cancellationToken);
        return TypedResults.Ok<IReadOnlyList<AuctionView>>([.. lots.Select(lot => views.View(lot, live))]);
    }

    private static async Task<Results<Ok<AuctionView>, ProblemHttpResult>> AuctionAsync(ProtocolViews views, ILiveInputs inputs, ulong id, CancellationToken cancellationToken) =>
        views.Lot(id) is { } lot ? TypedResults.Ok(views.View(lot, await LiveAsync([lot], inputs, cancellationToken))) : ApiSetup.Missing($"Lot {id} was never started.");

    /// <summary>The prices of now where a lot is open; what is over is as it was sold, also while the node is away.</summary>
    private static async Task<CheckpointInputs?> LiveAsync(IReadOnlyList<BookLot> lots, ILiveInputs inputs, CancellationToken cancellationToken) =>
        lots.Any(static lot => lot.IsOpen) ? await inputs.GetAsync(cancellationToken) : null;

    private static Results<Ok<ProofView>, ProblemHttpResult> Proof(ProtocolViews views, ulong id, CancellationToken cancellationToken) =>
        views.Proof(id, cancellationToken) switch
        {
            ({ } proof, _) => TypedResults.Ok(proof),
            (_, string reason) => ApiSetup.Missing(reason),
        };
}
