using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using OnchainMargin.Protocol.Book;
using OnchainMargin.Solver.Hosting;
using OnchainMargin.Solver.Risk;

namespace OnchainMargin.Solver.Api;

/// <summary>The live stream for keeper bots and pages: server-sent events <c>health</c> (an account's figures changed) and <c>lot</c> (a lot changed).</summary>
internal static class StreamEndpoints
{
    public static void Map(RouteGroupBuilder api) =>
        api.MapGet("/stream", (ProtocolViews views, Broadcast<RiskSnapshot> risks, CancellationToken cancellationToken) => TypedResults.ServerSentEvents(ReadAsync(views, risks, cancellationToken)))
            .WithSummary("Server-sent events: health of accounts and lots, as they change").WithTags("stream");

    private static async IAsyncEnumerable<SseItem<object>> ReadAsync(ProtocolViews views, Broadcast<RiskSnapshot> risks, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using Broadcast<RiskSnapshot>.Subscription subscription = risks.Subscribe();
        RiskSnapshot? before = null;
        while (!cancellationToken.IsCancellationRequested)
        {
            RiskSnapshot now = await subscription.NextAsync(cancellationToken).ConfigureAwait(false);
            foreach (AccountRisk risk in now.Accounts.Values)
            {
                bool isKnown = before is not null && before.Accounts.TryGetValue(risk.Account.Id, out AccountRisk? same) && (ReferenceEquals(same, risk) || (same.Figures == risk.Figures && same.Account.StateHash == risk.Account.StateHash));
                if (!isKnown && views.Account(risk.Account.Id) is { } view)
                {
                    yield return new SseItem<object>(view, "health");
                }
            }

            foreach (BookLot lot in now.Book.Lots.Values)
            {
                if (before is null ? lot.IsOpen : !before.Book.Lots.TryGetValue(lot.Id, out BookLot? same) || same != lot)
                {
                    yield return new SseItem<object>(ProtocolViews.View(lot), "lot");
                }
            }

            before = now;
        }
    }
}
