using System.Globalization;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.HttpResults;
using OnchainMargin.Ethereum;
using OnchainMargin.Margin;
using OnchainMargin.Solver.Relay;

namespace OnchainMargin.Solver.Api;

/// <summary>The order relay.</summary>
internal static class OrderEndpoints
{
    private const int ShortestSession = 16;
    private const int LongestSession = 64;
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    /// <summary>Whether a path is that of an order session, in any way of writing that routes take.</summary>
    public static bool IsSession(PathString path) => path.StartsWithSegments("/api/orders/session", StringComparison.OrdinalIgnoreCase);

    public static void Map(RouteGroupBuilder api, bool takesOrders)
    {
        api.MapGet("/trades", Results<Ok<IReadOnlyList<TradeView>>, ProblemHttpResult> (ProtocolViews views, TradeHistory trades, string? instrument = null, ulong? account = null, ulong before = ulong.MaxValue, int limit = 50) =>
                Paging.Defect(limit) is { } defect ? defect
                : instrument is not null && views.Names.Parse(instrument) is null ? NoInstrument(instrument)
                : TypedResults.Ok<IReadOnlyList<TradeView>>([.. trades.Last(before, limit, instrument is null ? null : views.Names.Parse(instrument)!.Value.Packed, account).Select(views.View)]))
            .ProducesProblem(400).WithSummary("The last 2,000 fills on chain, newest first: with before those of smaller ids").WithTags("orders");
        if (!takesOrders)
        {
            return;
        }

        api.MapPost("/orders", SubmitAsync).ProducesProblem(400).ProducesProblem(409).ProducesProblem(503).WithSummary("Hands a signed order to the relay").WithTags("orders");
        api.MapGet("/orders", Results<Ok<IReadOnlyList<OrderView>>, ProblemHttpResult> (ProtocolViews views, OrderBooks orders, ulong? account = null, bool open = false, long before = long.MaxValue, int limit = 100) =>
                Paging.Defect(limit) is { } defect ? defect
                : TypedResults.Ok<IReadOnlyList<OrderView>>([.. orders.Orders(account, before, open, limit).Select(views.View)]))
            .ProducesProblem(400).WithSummary("Orders of the relay, newest first: with before those of smaller arrivals").WithTags("orders");
        api.MapGet("/orders/{account}/{nonce}", Results<Ok<OrderView>, ProblemHttpResult> (ProtocolViews views, OrderBooks orders, ulong account, ulong nonce) =>
                orders.Find(account, nonce) is { } order ? TypedResults.Ok(views.View(order)) : ApiSetup.Missing($"The relay knows no order of account {account} with nonce {nonce}."))
            .ProducesProblem(404).WithSummary("One order").WithTags("orders");
        api.MapPost("/orders/{account}/{nonce}/cancel", CancelAsync).ProducesProblem(400).ProducesProblem(409).ProducesProblem(503)
            .WithSummary("Takes an order off the relay; on chain it stays good until it expires or its nonce is cancelled there").WithTags("orders");
        api.MapGet("/books/{instrument}", Results<Ok<BookView>, ProblemHttpResult> (ProtocolViews views, OrderBooks orders, string instrument, int limit = 100) =>
                Paging.Defect(limit) is { } defect ? defect
                : views.Names.Parse(instrument) is { } found ? TypedResults.Ok(View(views, orders, found, limit)) : NoInstrument(instrument))
            .ProducesProblem(400).WithSummary("The resting orders of an instrument, by price: so many levels of each side at most, the best first").WithTags("orders");
        api.MapGet("/orders/session", (OrderBooks orders, IHostApplicationLifetime host, TimeProvider time, string id, CancellationToken cancellationToken) =>
                SessionDefect(id) is { } defect
                    ? (IResult)ApiSetup.Bad(defect)
                    : TypedResults.ServerSentEvents(HoldAsync(orders, host, time, id, cancellationToken)))
            .WithSummary("A session: when this stream ends, or the session is not renewed for 15 seconds, the orders that name it are cancelled").WithTags("orders");
        api.MapPost("/orders/renew-session", Results<NoContent, ProblemHttpResult> (OrderBooks orders, string id) =>
                SessionDefect(id) is { } defect ? ApiSetup.Bad(defect)
                : orders.RenewSession(id) ? TypedResults.NoContent()
                : Refused($"The session {id} is not open: what hung on it is cancelled; hold the stream /api/orders/session?id={id} anew."))
            .ProducesProblem(400).ProducesProblem(409).WithSummary("Says that the client of a session is there still").WithTags("orders");
    }

    /// <summary>Whoever knows the id of a session can end it, and what hangs on it is cancelled.</summary>
    private static string? SessionDefect(string id) => id.Length is >= ShortestSession and <= LongestSession ? null
        : $"The session's id has {id.Length} characters; give {ShortestSession} to {LongestSession} that nobody can guess.";

    private static BookView View(ProtocolViews views, OrderBooks orders, Instrument instrument, int most)
    {
        (IReadOnlyList<BookLevel> bids, IReadOnlyList<BookLevel> asks) = orders.Levels(instrument, most);
        return new BookView(
            instrument.Packed.ToString(CultureInfo.InvariantCulture),
            views.Names.Format(instrument),
            [.. bids.Select(static level => new LevelView(ApiNumbers.Text(level.PriceE8), ApiNumbers.Text(level.SizeE8), level.Orders))],
            [.. asks.Select(static level => new LevelView(ApiNumbers.Text(level.PriceE8), ApiNumbers.Text(level.SizeE8), level.Orders))]);
    }

    private static async Task<Results<Ok<OrderView>, ProblemHttpResult>> SubmitAsync(ProtocolViews views, OrderRelay relay, OrderRequest request, CancellationToken cancellationToken)
    {
        if (request.Read() is not { } signed)
        {
            return ApiSetup.Bad("The order is not understood; give its eight fields as whole numbers in text, an address and a signature in hexadecimal.");
        }

        if (request.Session is { } session && SessionDefect(session) is { } defect)
        {
            return ApiSetup.Bad(defect);
        }

        OrderOutcome outcome = await relay.SubmitAsync(signed, request.Session, cancellationToken);
        return outcome.Order is { } order ? TypedResults.Ok(views.View(order)) : outcome.IsEarly ? ApiSetup.NotReady(outcome.Refusal) : Refused(outcome.Refusal, outcome.IsOver);
    }

    private static async Task<Results<Ok<OrderView>, ProblemHttpResult>> CancelAsync(ProtocolViews views, OrderRelay relay, ulong account, ulong nonce, CancelRequest request, CancellationToken cancellationToken)
    {
        Address signer = default;
        if (HexText.Bytes(request.Signature) is not { } signature || (request.Signer is not null && !Address.TryParse(request.Signer, out signer)))
        {
            return ApiSetup.Bad("The signature or its signer is not understood; give both in hexadecimal.");
        }

        OrderOutcome outcome = await relay.CancelAsync(account, nonce, request.Signer is null ? null : signer, signature, cancellationToken);
        return outcome.Order is { } order ? TypedResults.Ok(views.View(order)) : Refused(outcome.Refusal);
    }

    private static async IAsyncEnumerable<SseItem<string>> HoldAsync(OrderBooks orders, IHostApplicationLifetime host, TimeProvider time, string id, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.ApplicationStopping);
        orders.OpenSession(id);
        try
        {
            do
            {
                yield return new SseItem<string>(id, "session");
            }
            while (await StreamEndpoints.GoesOnAsync(Task.Delay(Heartbeat, time, over.Token)) && orders.IsRenewed(id));
        }
        finally
        {
            orders.CloseSession(id);
        }
    }

    private static ProblemHttpResult NoInstrument(string name) => ApiSetup.Bad($"The instrument '{name}' is none of this deployment; take a name from /api/instruments.");

    private static ProblemHttpResult Refused(string sentence, bool isOver = false) =>
        TypedResults.Problem(sentence, statusCode: StatusCodes.Status409Conflict, title: "Refused", extensions: isOver ? [new("isOver", true)] : null);
}
