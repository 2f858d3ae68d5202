using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using OnchainMargin.Margin;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Protocol.Calls;
using OnchainMargin.Protocol.Checkpoints;
using OnchainMargin.Protocol.Deployment;
using OnchainMargin.Protocol.Generated;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Indexing;
using OnchainMargin.Solver.Markets;
using OnchainMargin.Solver.Proving;

namespace OnchainMargin.Solver.Api;

/// <summary>How withdrawals, moves and settlements are best shown to be healthy.</summary>
internal static class ProofEndpoints
{
    private const int MostFills = 64;

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/accounts/{id}/withdrawal-proof", WithdrawalAsync).ProducesProblem(400).ProducesProblem(404).ProducesProblem(503)
            .WithSummary("The cheapest proof for a withdrawal that the chain takes now").WithTags("attestations");
        api.MapPost("/accounts/{id}/move-proofs", MoveAsync).ProducesProblem(400).ProducesProblem(404).ProducesProblem(503)
            .WithSummary("The cheapest proofs for a move to another account of the same owner that the chain takes now").WithTags("attestations");
        api.MapPost("/settlement-proofs", SettlementAsync).ProducesProblem(400).ProducesProblem(503)
            .WithSummary("The cheapest proofs for matches of signed orders that the chain takes now").WithTags("attestations");
    }

    private static async Task<Results<Ok<OperationProofView>, ProblemHttpResult>> WithdrawalAsync(
        Broadcast<IndexedBook> books, ILiveInputs inputs, ProofDesk desk, DeploymentRecord deployment, ulong id, WithdrawalProofRequest request, CancellationToken cancellationToken)
    {
        if (books.Current is not { } indexed || !indexed.Book.Accounts.TryGetValue(id, out BookAccount? account))
        {
            return ApiSetup.Missing($"Account {id} was never opened.");
        }

        if (Defect(deployment, request.Token, request.AmountRaw, least: 1, out ushort token, out UInt128 amount) is { } defect)
        {
            return defect;
        }

        CheckpointInputs live = await inputs.GetAsync(cancellationToken);
        (AccountOperation? operation, string refusal) = AccountOperation.OfWithdrawal(account, token, amount, indexed.Book, live);
        if (operation is null)
        {
            return ApiSetup.Bad(refusal);
        }

        var calls = new ProtocolCalls(deployment.Contracts);
        return TypedResults.Ok(OperationProofView.Of(await desk.ChooseAsync(
            [operation], proofs => calls.Withdraw(account, token, amount, account.Owner, proofs[0]), account.Owner, _ => request.Asker, indexed, live, cancellationToken)));
    }

    private static async Task<Results<Ok<OperationProofView>, ProblemHttpResult>> MoveAsync(
        Broadcast<IndexedBook> books, ILiveInputs inputs, ProofDesk desk, DeploymentRecord deployment, ulong id, MoveProofRequest request, CancellationToken cancellationToken)
    {
        if (books.Current is not { } indexed || !indexed.Book.Accounts.TryGetValue(id, out BookAccount? from))
        {
            return ApiSetup.Missing($"Account {id} was never opened.");
        }

        if (!indexed.Book.Accounts.TryGetValue(request.To, out BookAccount? to))
        {
            return ApiSetup.Missing($"Account {request.To} was never opened.");
        }

        if (Defect(deployment, request.Token, request.AmountRaw, least: 0, out ushort token, out UInt128 amount) is { } defect)
        {
            return defect;
        }

        var instruments = new List<Instrument>();
        foreach (string? one in request.Instruments ?? [])
        {
            if (!UInt128.TryParse(one, NumberStyles.None, CultureInfo.InvariantCulture, out UInt128 packed) || packed >> 96 != 0)
            {
                return ApiSetup.Bad($"The instrument '{one}' is not understood; give a whole number below 2^96, as /api/instruments does.");
            }

            instruments.Add(Instrument.Unpack(packed));
        }

        CheckpointInputs live = await inputs.GetAsync(cancellationToken);
        (AccountOperation[]? operations, string refusal) = AccountOperation.OfMove(from, to, token, amount, instruments, indexed.Book, live);
        if (operations is null)
        {
            return ApiSetup.Bad(refusal);
        }

        var calls = new ProtocolCalls(deployment.Contracts);
        return TypedResults.Ok(OperationProofView.Of(await desk.ChooseAsync(
            operations,
            proofs => calls.Move(from, proofs[0], to, proofs[1], token, amount, instruments),
            from.Owner,
            operation => operation.Account == from ? request.Asker : request.ToAsker,
            indexed,
            live,
            cancellationToken)));
    }

    /// <summary>What is wrong with a token's number or an amount of it; null when nothing is.</summary>
    private static ProblemHttpResult? Defect(DeploymentRecord deployment, int number, string? amountRaw, uint least, out ushort token, out UInt128 amount)
    {
        bool isNumber = UInt128.TryParse(amountRaw, NumberStyles.None, CultureInfo.InvariantCulture, out amount);
        DeployedToken? listed = deployment.Tokens.FirstOrDefault(listed => listed.Index == number);
        token = listed?.Index ?? 0;
        return listed is null ? ApiSetup.Missing($"Token {number} is not listed; /api/deployment lists the tokens.")
            : !isNumber || amount < least ? ApiSetup.Bad($"The amount '{amountRaw}' is not understood; give a whole number of base units, {(least > 0 ? "more than 0 and " : "")}below 2^128.")
            : null;
    }

    private static async Task<Results<Ok<OperationProofView>, ProblemHttpResult>> SettlementAsync(
        Broadcast<IndexedBook> books, ILiveInputs inputs, ProofDesk desk, DeploymentRecord deployment, SettlementProofRequest request, CancellationToken cancellationToken)
    {
        if (books.Current is not { } indexed)
        {
            return ApiSetup.NotReady("The index is empty still; ask again in a moment.");
        }

        if (Read(request, out string refusal) is not { } read)
        {
            return ApiSetup.Bad(refusal);
        }

        CheckpointInputs live = await inputs.GetAsync(cancellationToken);
        (Settlement? settlement, refusal, _) = Settlement.Of(read.Orders, read.Fills, indexed.Book, live);
        return settlement is not null
            ? TypedResults.Ok(OperationProofView.Of(await settlement.ChooseAsync(desk, new ProtocolCalls(deployment.Contracts), read.Orders[0].Signer, indexed, live, cancellationToken)))
            : ApiSetup.Bad(refusal);
    }

    private static (Clearinghouse.SignedOrder[] Orders, Clearinghouse.Fill[] Fills)? Read(SettlementProofRequest request, out string refusal)
    {
        if (request.Orders is null || request.Fills is null || request.Orders.Any(static one => one is null) || request.Fills.Any(static one => one is null))
        {
            refusal = "The orders or the fills are missing, or one of them is; give both lists whole.";
            return null;
        }

        if (request.Fills.Count is < 1 or > MostFills || request.Orders.Count is < 2 or > 2 * MostFills)
        {
            refusal = $"There are {request.Orders.Count} orders and {request.Fills.Count} fills; give 1 to {MostFills} fills and 2 to {2 * MostFills} orders.";
            return null;
        }

        var orders = new List<Clearinghouse.SignedOrder>();
        foreach (OrderRequest one in request.Orders)
        {
            if (one.Read() is not { } order)
            {
                refusal = $"Order {orders.Count} is not understood; give its eight fields as whole numbers in text, an address and a signature in hexadecimal.";
                return null;
            }

            orders.Add(order);
        }

        var fills = new List<Clearinghouse.Fill>();
        foreach (FillFields one in request.Fills)
        {
            if (!ulong.TryParse(one.SizeE8, NumberStyles.None, CultureInfo.InvariantCulture, out ulong size) || size is 0 or > long.MaxValue || one.Maker < 0 || one.Taker < 0 || one.Maker >= orders.Count || one.Taker >= orders.Count)
            {
                refusal = $"The fill of '{one.SizeE8}' between orders {one.Maker} and {one.Taker} is not understood; give places from 0 to {orders.Count - 1} and a size in units of 1e-8 that is not 0.";
                return null;
            }

            fills.Add(new Clearinghouse.Fill((ushort)one.Maker, (ushort)one.Taker, size));
        }

        refusal = "";
        return ([.. orders], [.. fills]);
    }
}
