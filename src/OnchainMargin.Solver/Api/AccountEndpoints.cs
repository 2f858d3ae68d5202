using Microsoft.AspNetCore.Http.HttpResults;
using OnchainMargin.Ethereum;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Solver.Markets;

namespace OnchainMargin.Solver.Api;

/// <summary>What can be asked about accounts. Figures are of the last checkpoint, which a signature or the referee can name, unless <c>live=true</c> asks for those of now; distances, curves, what-if and what can be withdrawn are always of now.</summary>
internal static class AccountEndpoints
{
    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/accounts", Accounts).ProducesProblem(400).ProducesProblem(503).WithSummary("Accounts with their figures at the last checkpoint, page by page").WithTags("accounts");
        api.MapGet("/accounts/{id}", AccountAsync).ProducesProblem(404).ProducesProblem(503).WithSummary("An account: state, tokens, positions, health").WithTags("accounts");
        api.MapGet("/accounts/{id}/margin", MarginAsync).ProducesProblem(404).ProducesProblem(503).WithSummary("Every term of an account's requirement, with scenarios and Greeks").WithTags("accounts");
        api.MapGet("/accounts/{id}/distances", DistancesAsync).ProducesProblem(404).ProducesProblem(503).WithSummary("How far each price may move before the account can be liquidated").WithTags("accounts");
        api.MapGet("/accounts/{id}/curve", CurveAsync).ProducesProblem(404).ProducesProblem(503).WithSummary("Equity and requirement against the price of one underlying").WithTags("accounts");
        api.MapGet("/accounts/{id}/withdrawable", WithdrawableAsync).ProducesProblem(404).ProducesProblem(503).WithSummary("What can be withdrawn of a token while the initial margin and the floor are kept").WithTags("accounts");
        api.MapGet("/accounts/{id}/inputs", Inputs).ProducesProblem(404).WithSummary("The referee's inputs at the last checkpoint, to check this solver on chain").WithTags("accounts");
        api.MapPost("/accounts/{id}/what-if", WhatIfAsync).ProducesProblem(400).ProducesProblem(404).ProducesProblem(503).WithSummary("Margin before and after fills, cash and market moves").WithTags("accounts");
    }

    private static Results<Ok<PageOfAccounts>, ProblemHttpResult> Accounts(ProtocolViews views, ulong after = 0, int limit = 100, bool underWater = false, string? owner = null, string? @delegate = null)
    {
        Address whose = default, acting = default;
        foreach ((string? text, string what, bool isRead) in ((string?, string, bool)[])[(owner, "owner", owner is null || Address.TryParse(owner, out whose)), (@delegate, "delegate", @delegate is null || Address.TryParse(@delegate, out acting))])
        {
            if (!isRead)
            {
                return ApiSetup.Bad($"The {what} '{text}' is no address; write 0x and 40 hexadecimal digits.");
            }
        }

        return Paging.Defect(limit) is { } defect ? defect
            : views.Accounts(after, limit, underWater, owner is null ? null : whose, @delegate is null ? null : acting) is { } page ? TypedResults.Ok(page)
            : ApiSetup.NotReady("The index is empty still; ask again in a moment.");
    }

    private static async Task<Results<Ok<AccountView>, ProblemHttpResult>> AccountAsync(ProtocolViews views, ILiveInputs inputs, ulong id, CancellationToken cancellationToken, bool live = false) =>
        views.Find(id) is { } account ? TypedResults.Ok(live ? views.ViewLive(account, await inputs.GetAsync(cancellationToken)) : views.View(account)) : Unknown(id);

    private static async Task<Results<Ok<BreakdownView>, ProblemHttpResult>> MarginAsync(ProtocolViews views, ILiveInputs inputs, ulong id, CancellationToken cancellationToken, bool live = false)
    {
        if (views.Find(id) is not { } account)
        {
            return Unknown(id);
        }

        CheckpointInputs? at = live ? await inputs.GetAsync(cancellationToken) : views.Book!.LatestCheckpoint;
        if (at is null)
        {
            return ApiSetup.NotReady("No checkpoint was taken yet; ask again in a moment.");
        }

        Holding holding = live ? Holding.Of(account, views.Book!, at) : Holding.Stored(account, views.Book!, at);
        return views.Breakdown(account, holding, at.Checkpoint, at.View, at, live) is { } margin ? TypedResults.Ok(margin) : Homeless(id);
    }

    private static async Task<Results<Ok<IReadOnlyList<DistanceView>>, ProblemHttpResult>> DistancesAsync(ProtocolViews views, ILiveInputs inputs, ulong id, CancellationToken cancellationToken)
    {
        if (views.Find(id) is not { } account)
        {
            return Unknown(id);
        }

        CheckpointInputs live = await inputs.GetAsync(cancellationToken);
        var holding = Holding.Of(account, views.Book!, live);
        return holding.Figures(live.View) is null ? Homeless(id) : TypedResults.Ok(views.Distances(holding, live.Checkpoint));
    }

    private static async Task<Results<Ok<CurveView>, ProblemHttpResult>> CurveAsync(ProtocolViews views, ILiveInputs inputs, ulong id, ushort underlying, CancellationToken cancellationToken)
    {
        if (views.Find(id) is not { } account)
        {
            return Unknown(id);
        }

        CheckpointInputs live = await inputs.GetAsync(cancellationToken);
        return views.Curve(Holding.Of(account, views.Book!, live), underlying, live.Checkpoint) is { } curve ? TypedResults.Ok(curve) : Homeless(id);
    }

    private static async Task<Results<Ok<WithdrawableView>, ProblemHttpResult>> WithdrawableAsync(
        ProtocolViews views, ILiveInputs inputs, Protocol.Deployment.DeploymentRecord deployment, ulong id, CancellationToken cancellationToken, ushort token = 0)
    {
        if (views.Find(id) is not { } account)
        {
            return Unknown(id);
        }

        if (deployment.Tokens.FirstOrDefault(listed => listed.Index == token) is not { } known)
        {
            return ApiSetup.Missing($"Token {token} is not listed; /api/deployment lists the tokens.");
        }

        CheckpointInputs live = await inputs.GetAsync(cancellationToken);
        return TypedResults.Ok(new WithdrawableView(
            ApiNumbers.Text(id), ApiNumbers.Text(token), known.Symbol, known.Decimals, ApiNumbers.Text(Withdrawable.AmountRaw(account, token, views.Book!, live)), views.WithdrawalReason(account, live)));
    }

    private static Results<Ok<InputsView>, ProblemHttpResult> Inputs(ProtocolViews views, ulong id) =>
        views.Find(id) is not { } account ? Unknown(id) : views.Inputs(account) is { } inputs ? TypedResults.Ok(inputs) : Homeless(id);

    private static async Task<Results<Ok<WhatIfView>, ProblemHttpResult>> WhatIfAsync(ProtocolViews views, ILiveInputs inputs, ulong id, WhatIfRequest request, CancellationToken cancellationToken)
    {
        if (views.Find(id) is not { } account)
        {
            return Unknown(id);
        }

        CheckpointInputs live = await inputs.GetAsync(cancellationToken);
        try
        {
            (WhatIfView? answer, string refusal) = new WhatIf(views).Try(account, request, views.Book!, live);
            return answer is not null ? TypedResults.Ok(answer) : ApiSetup.Bad(refusal);
        }
        catch (OverflowException)
        {
            return ApiSetup.Bad("What is asked leads to numbers beyond those of any market; ask for smaller fills and moves.");
        }
    }

    private static ProblemHttpResult Unknown(ulong id) => ApiSetup.Missing($"Account {id} was never opened.");

    private static ProblemHttpResult Homeless(ulong id) => ApiSetup.NotReady($"There is no margin of account {id} now: no checkpoint holds all that it touches; ask again in a moment.");
}
